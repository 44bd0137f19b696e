//! USPS service standards.

use crate::country::{Area, Country};
use crate::distance::Reach;
use crate::random::Random;
use crate::text::{Column, Text, Writer};

const fn code(name: &'static str) -> Column {
    Column { name, code: true }
}

const fn days(name: &'static str) -> Column {
    Column { name, code: false }
}

const COLUMNS: [Column; 10] = [
    code("Origin_ZIP_Code"),
    code("Destination_ZIP_Code"),
    days("PRI_Service_Standard"),
    days("GAL_Service_Standard"),
    days("MKT_Service_Standard"),
    days("PER_Service_Standard"),
    days("PKG_Service_Standard"),
    days("FCM_Service_Standard"),
    days("GAH_Service_Standard"),
    days("PFC_Service_Standard"),
];

/// What stands for a number of days; nothing for no service.
const TEXTS: [&str; 31] = [
    "", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23",
    "24", "25", "26", "27", "28", "29", "30",
];

/// The file's bytes: a row for every pair of listed ZIP3s.
pub fn usps_3d(country: &Country, text: &Text) -> Vec<u8> {
    let mut writer = Writer::new(text, &COLUMNS);
    for from in listed(country) {
        for to in listed(country) {
            if writer.is_full() {
                return writer.finish();
            }
            let [pri, gal, mkt, per, pkg, fcm, gah, pfc] = standards(from, to).map(|days| TEXTS[days.min(30)]);
            writer.row(&[&from.zip3, &to.zip3, pri, gal, mkt, per, pkg, fcm, gah, pfc]);
        }
    }
    writer.finish()
}

/// How many rows the file has.
pub(crate) fn rows(country: &Country) -> u64 {
    let listed = listed(country).count() as u64;
    listed * listed
}

fn listed(country: &Country) -> impl Iterator<Item = &Area> {
    country.areas.iter().filter(|area| area.listed)
}

/// The first number of days whose distance is not passed.
fn step(miles: f64, first: usize, to: &[f64]) -> usize {
    first + to.iter().filter(|limit| miles > **limit).count()
}

/// The days of the eight services in the columns' order; 0 where there is none.
fn standards(from: &Area, to: &Area) -> [usize; 8] {
    let miles = from.middle.miles_to(to.middle);
    let number = |area: &Area| area.zip3.bytes().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
    let mut random = Random::new("standards", number(from) * 1000 + number(to));
    let (here, there) = (Reach::of(&from.zip3), Reach::of(&to.zip3));
    let mut more = |per_mille: u64| usize::from(random.per_mille(per_mille));
    let far = (miles / 600.0) as usize;
    let islands = here == Reach::Islands || there == Reach::Islands;
    if here != there || (islands && from.zip3 != to.zip3) {
        let air = if islands { 3 } else { 2 };
        // By ship: three weeks to some of the islands.
        let ship = if islands { 12 + far } else { 7 + far };
        let no_freight = islands && more(400) == 1;
        return [
            if more(4) == 1 { 0 } else { air + more(600) },
            5 + more(500) + usize::from(islands),
            (ship + 3 * more(500)).min(28),
            (ship + more(500)).min(27),
            if no_freight { 0 } else { 8 + more(500) + usize::from(islands) },
            air + 2 + more(300),
            if more(30) == 1 { 0 } else { 7 + more(400) + 2 * usize::from(islands) },
            if islands { 0 } else { 4 + more(400) },
        ];
    }
    let ground = (step(miles, 2, &[250.0, 900.0, 1800.0]) + more(40)).min(5);
    [
        if more(1) == 1 { 0 } else { step(miles, 1, &[60.0, 800.0]) + more(30) },
        ground,
        (step(miles, 3, &[150.0, 400.0, 800.0, 1200.0, 1700.0, 2200.0]) + more(200)).min(10),
        (step(miles, 2, &[100.0, 350.0, 800.0, 1300.0, 1900.0, 2400.0]) + more(150)).min(9),
        step(miles, 2, &[150.0, 600.0, 1400.0]),
        if from.zip3 == to.zip3 { 1 } else { step(miles, 2, &[200.0, 930.0, 1900.0]) },
        (ground + more(80)).min(5),
        if more(15) == 1 { 0 } else { step(miles, 2, &[150.0, 900.0, 2000.0]) },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_plausible() {
        let country = Country::national();
        assert_eq!(rows(&country), 802_816);
        let (mut none, mut most, mut mainland) = (0, [0; 8], [0; 8]);
        for from in listed(&country).step_by(7) {
            for to in listed(&country) {
                let days = standards(from, to);
                none += days.iter().filter(|days| **days == 0).count();
                let both = Reach::of(&from.zip3) == Reach::Mainland && Reach::of(&to.zip3) == Reach::Mainland;
                for (index, days) in days.into_iter().enumerate() {
                    most[index] = days.max(most[index]);
                    mainland[index] = if both { days.max(mainland[index]) } else { mainland[index] };
                }
            }
        }
        // Marketing mail and periodicals may take a month, parcels ten days, and five on the mainland.
        for parcel in [0, 1, 4, 6, 7] {
            assert!(most[parcel] <= 10 && mainland[parcel] <= 5, "{most:?} {mainland:?}");
        }
        assert!(most.iter().all(|days| *days <= 30) && most[2] > 10, "{most:?}");
        assert!(none > 100, "{none}");
    }

    #[test]
    fn rows_look_like_the_publishers() {
        let text = String::from_utf8(usps_3d(&Country::tiny(), &Text::usps_3d())).expect("text");
        let header = "Origin_ZIP_Code,Destination_ZIP_Code,PRI_Service_Standard,GAL_Service_Standard,MKT_Service_Standard,\
                      PER_Service_Standard,PKG_Service_Standard,FCM_Service_Standard,GAH_Service_Standard,PFC_Service_Standard\r\n";
        assert!(text.starts_with(header));
        assert!(text.contains("\r\n006,010,"));
    }
}
