//! The states: which ZIP3s are theirs, where they lie, how many people and ZIPs they have, roughly. The only real things in the
//! made-up country; everything finer is invented.

/// A state, a district or a territory.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    /// Its two letters.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The first two digits of its counties' FIPS codes.
    pub fips: u8,
    /// The time zone of its east, or of all of it.
    pub timezone: &'static str,
    /// The longitude, in tenths of a degree, from which on westward another time zone holds.
    pub western: Option<(i32, &'static str)>,
    /// First and last of each run of ZIP3s.
    pub areas: &'static [(u16, u16)],
    /// South, north, west, east, in tenths of a degree.
    pub bounds: [i32; 4],
    /// About how many ZIPs it has.
    pub zips: u64,
    /// About how many thousands of people.
    pub people: u64,
}

/// ZIP3s without a place where people live (large recipients have ZIPs of their own): carriers list them, censuses do not.
pub(crate) const UNLISTED: [u16; 19] = [5, 55, 192, 311, 332, 375, 399, 459, 509, 555, 569, 649, 733, 842, 885, 889, 901, 938, 942];

/// ZIP3s that no zone chart has a row for: islands that have worldwide rates, and Hawaii and Alaska, which stand in the grid below.
pub(crate) const WITHOUT_ROW: [u16; 9] = [8, 967, 968, 969, 995, 996, 997, 998, 999];

/// The ZIP3s of Hawaii and Alaska with the numbers of their ZIPs in the nearer zones (44, 124, 224) and the farther (46, 126, 226).
pub(crate) const GRID: [(u16, u64, u64); 7] =
    [(967, 19, 69), (968, 55, 0), (995, 31, 40), (996, 13, 76), (997, 12, 71), (998, 0, 20), (999, 0, 13)];

/// ZIPs that lie in another state than the rest of their ZIP3: ZIP3, state, its name and FIPS digits, how many.
pub(crate) const GUESTS: [(u16, &str, &str, u8, usize); 6] = [
    (63, "NY", "New York", 36, 1),
    (201, "DC", "District of Columbia", 11, 1),
    (739, "KS", "Kansas", 20, 1),
    (834, "WY", "Wyoming", 56, 2),
    (967, "AS", "American Samoa", 60, 1),
    (969, "MP", "Northern Mariana Islands", 69, 3),
];

const EAST: &str = "America/New_York";
const CENTRAL: &str = "America/Chicago";
const MOUNTAIN: &str = "America/Denver";
const PACIFIC: &str = "America/Los_Angeles";

macro_rules! states {
    ($($code:literal $name:literal $fips:literal $timezone:tt $areas:expr, $bounds:expr, $zips:literal, $people:literal $(, $western:tt west of $line:literal)?;)*) => {
        /// Every state, in the order of its ZIP3s.
        pub(crate) static STATES: &[State] = &[$(State {
            code: $code,
            name: $name,
            fips: $fips,
            timezone: $timezone,
            western: states!(@western $($line, $western)?),
            areas: &$areas,
            bounds: $bounds,
            zips: $zips,
            people: $people,
        }),*];
    };
    (@western) => { None };
    (@western $line:literal, $western:expr) => { Some(($line, $western)) };
}

states! {
    "PR" "Puerto Rico" 72 "America/Puerto_Rico" [(6, 7), (9, 9)], [180, 185, -672, -656], 130, 3250;
    "VI" "Virgin Islands" 78 "America/St_Thomas" [(8, 8)], [177, 183, -649, -647], 6, 0;
    "MA" "Massachusetts" 25 EAST [(10, 27), (55, 55)], [415, 428, -734, -701], 540, 6990;
    "RI" "Rhode Island" 44 EAST [(28, 29)], [413, 420, -718, -713], 80, 1090;
    "NH" "New Hampshire" 33 EAST [(30, 38)], [428, 450, -724, -709], 250, 1390;
    "ME" "Maine" 23 EAST [(39, 49)], [433, 470, -708, -675], 430, 1380;
    "VT" "Vermont" 50 EAST [(50, 54), (56, 59)], [428, 450, -733, -717], 260, 650;
    "CT" "Connecticut" 9 EAST [(60, 69)], [411, 420, -735, -720], 290, 3600;
    "NJ" "New Jersey" 34 EAST [(70, 89)], [392, 412, -753, -741], 600, 9270;
    "NY" "New York" 36 EAST [(5, 5), (100, 149)], [408, 448, -793, -735], 1830, 19790;
    "PA" "Pennsylvania" 42 EAST [(150, 196)], [398, 420, -804, -749], 1830, 12990;
    "DE" "Delaware" 10 EAST [(197, 199)], [385, 398, -757, -752], 70, 1010;
    "DC" "District of Columbia" 11 EAST [(200, 200), (202, 205), (569, 569)], [388, 390, -771, -769], 60, 670;
    "VA" "Virginia" 51 EAST [(201, 201), (220, 246)], [366, 391, -830, -760], 900, 8660;
    "MD" "Maryland" 24 EAST [(206, 212), (214, 219)], [382, 397, -793, -753], 480, 6170;
    "WV" "West Virginia" 54 EAST [(247, 268)], [374, 402, -824, -782], 740, 1780;
    "NC" "North Carolina" 37 EAST [(270, 289)], [342, 365, -838, -761], 850, 10580;
    "SC" "South Carolina" 45 EAST [(290, 299)], [323, 350, -829, -790], 420, 5210;
    "GA" "Georgia" 13 EAST [(300, 319), (398, 399)], [307, 349, -853, -814], 750, 10820;
    "FL" "Florida" 12 EAST [(320, 339), (341, 342), (344, 344), (346, 347), (349, 349)], [254, 308, -868, -803], 1010, 21930, CENTRAL west of -851;
    "AL" "Alabama" 1 CENTRAL [(350, 352), (354, 369)], [306, 349, -882, -852], 660, 5050;
    "TN" "Tennessee" 47 EAST [(370, 385)], [350, 365, -898, -822], 640, 6980, CENTRAL west of -853;
    "MS" "Mississippi" 28 CENTRAL [(386, 397)], [305, 349, -912, -884], 430, 2950;
    "KY" "Kentucky" 21 EAST [(400, 418), (420, 427)], [366, 389, -890, -823], 780, 4520, CENTRAL west of -861;
    "OH" "Ohio" 39 EAST [(430, 459)], [387, 417, -847, -807], 1230, 11780;
    "IN" "Indiana" 18 "America/Indiana/Indianapolis" [(460, 479)], [380, 416, -877, -849], 810, 6810, CENTRAL west of -871;
    "MI" "Michigan" 26 "America/Detroit" [(480, 499)], [419, 465, -879, -828], 990, 10050;
    "IA" "Iowa" 19 CENTRAL [(500, 516), (520, 528)], [406, 434, -962, -904], 970, 3200;
    "WI" "Wisconsin" 55 CENTRAL [(530, 532), (534, 535), (537, 549)], [426, 466, -924, -873], 780, 5890;
    "MN" "Minnesota" 27 CENTRAL [(550, 551), (553, 567)], [436, 488, -969, -903], 880, 5710;
    "SD" "South Dakota" 46 CENTRAL [(570, 577)], [428, 458, -1038, -966], 380, 900, MOUNTAIN west of -1010;
    "ND" "North Dakota" 38 CENTRAL [(580, 588)], [460, 489, -1038, -968], 390, 780, MOUNTAIN west of -1022;
    "MT" "Montana" 30 MOUNTAIN [(590, 599)], [450, 488, -1155, -1043], 370, 1110;
    "IL" "Illinois" 17 CENTRAL [(600, 620), (622, 629)], [372, 424, -911, -878], 1400, 12690;
    "MO" "Missouri" 29 CENTRAL [(630, 631), (633, 641), (644, 658)], [362, 405, -953, -895], 1040, 6170;
    "KS" "Kansas" 20 CENTRAL [(660, 662), (664, 679)], [371, 399, -1018, -948], 700, 2940, MOUNTAIN west of -1014;
    "NE" "Nebraska" 31 CENTRAL [(680, 681), (683, 693)], [401, 428, -1037, -956], 590, 1970, MOUNTAIN west of -1012;
    "LA" "Louisiana" 22 CENTRAL [(700, 701), (703, 708), (710, 714)], [295, 329, -938, -896], 540, 4620;
    "AR" "Arkansas" 5 CENTRAL [(716, 729)], [332, 364, -943, -902], 610, 3030;
    "OK" "Oklahoma" 40 CENTRAL [(730, 731), (734, 741), (743, 749)], [339, 369, -1022, -946], 660, 4000;
    "TX" "Texas" 48 CENTRAL [(733, 733), (750, 770), (772, 799), (885, 885)], [263, 360, -1061, -941], 1990, 29640, MOUNTAIN west of -1050;
    "CO" "Colorado" 8 MOUNTAIN [(800, 816)], [371, 409, -1088, -1024], 530, 5810;
    "WY" "Wyoming" 56 MOUNTAIN [(820, 831)], [411, 449, -1109, -1043], 180, 580;
    "ID" "Idaho" 16 "America/Boise" [(832, 838)], [421, 485, -1168, -1114], 280, 1890, PACIFIC west of -1162;
    "UT" "Utah" 49 MOUNTAIN [(840, 847)], [371, 418, -1138, -1093], 300, 3330;
    "AZ" "Arizona" 4 "America/Phoenix" [(850, 853), (855, 857), (859, 860), (863, 865)], [316, 368, -1145, -1093], 420, 7270;
    "NM" "New Mexico" 35 MOUNTAIN [(870, 871), (873, 875), (877, 884)], [319, 368, -1088, -1033], 370, 2110;
    "NV" "Nevada" 32 PACIFIC [(889, 891), (893, 895), (897, 898)], [355, 418, -1196, -1143], 180, 3140;
    "CA" "California" 6 PACIFIC [(900, 908), (910, 928), (930, 961)], [328, 418, -1236, -1148], 1800, 39240;
    "HI" "Hawaii" 15 "Pacific/Honolulu" [(967, 968)], [191, 221, -1595, -1551], 100, 1450;
    "GU" "Guam" 66 "Pacific/Guam" [(969, 969)], [133, 136, 1447, 1449], 10, 0;
    "OR" "Oregon" 41 PACIFIC [(970, 979)], [421, 459, -1241, -1171], 430, 4240;
    "WA" "Washington" 53 PACIFIC [(980, 986), (988, 994)], [457, 488, -1243, -1173], 600, 7740;
    "AK" "Alaska" 2 "America/Anchorage" [(995, 999)], [556, 690, -1650, -1320], 250, 730;
}

impl State {
    /// Its ZIP3s, in order.
    pub fn zip3s(&self) -> impl Iterator<Item = u16> + use<> {
        self.areas.iter().flat_map(|&(first, last)| first..=last)
    }

    /// The time zone at a longitude, given in hundred-thousandths of a degree.
    pub fn timezone_at(&self, longitude: i32) -> &'static str {
        match self.western {
            Some((line, timezone)) if longitude < line * 10_000 => timezone,
            _ => self.timezone,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_zip3_belongs_to_one_state() {
        let all: Vec<u16> = STATES.iter().flat_map(State::zip3s).collect();
        let distinct: BTreeSet<u16> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
        assert_eq!(distinct.len(), 915);
        assert!(UNLISTED.iter().chain(&WITHOUT_ROW).all(|area| distinct.contains(area)));
        assert_eq!(distinct.len() - UNLISTED.len(), 896);
        assert_eq!(distinct.len() - WITHOUT_ROW.len(), 906);
    }

    #[test]
    fn the_grid_has_its_four_blocks() {
        let sum = |from: u16, to: u16| {
            GRID.iter().filter(|(area, ..)| (from..=to).contains(area)).fold((0, 0), |(near, far), grid| (near + grid.1, far + grid.2))
        };
        assert_eq!((sum(967, 968), sum(995, 999)), ((74, 69), (56, 220)));
    }
}
