//! The grid below a chart: blocks of Hawaii's and Alaska's ZIPs, each under a heading that says its zones.

use super::header::{bare, column_of, columns};

/// The zones of a block, by service in the contract's order; empty where the heading names none.
pub(super) type Zones = [String; 6];

/// The zones that a heading gives to the ZIPs below it: `... the following Postal Codes are Zone 44 for Ground, Zone 124 for Next
/// Day Air and Zone 224 for 2nd Day Air:`. Nothing if it gives none.
pub(super) fn zones(heading: &str) -> Option<Zones> {
    let heading = heading.to_lowercase();
    let mut zones = Zones::default();
    let mut found = false;
    for piece in heading.split("zone").skip(1) {
        let piece = piece.trim_start();
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let Some(service) = piece[digits..].trim_start().strip_prefix("for ") else { continue };
        if !(1..=3).contains(&digits) {
            continue;
        }
        let service = bare(service);
        let column = column_of(|name| service.starts_with(name)).and_then(|column| column.checked_sub(1));
        if let Some(zone) = column.and_then(|column| zones.get_mut(column)) {
            piece[..digits].clone_into(zone);
            found = true;
        }
    }
    debug_assert_eq!(columns().len(), zones.len() + 1, "a zone for each service");
    found.then_some(zones)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_give_zones() {
        let heading =
            "[2] For Hawaii, the following Postal Codes are Zone 44 for Ground, Zone 124 for Next Day Air and Zone 224 for 2nd Day Air:";
        assert_eq!(zones(heading), Some(["44", "", "224", "", "", "124"].map(str::to_owned)));
        assert_eq!(
            zones("zone 46 for UPS Ground and zone 136 for Next Day Air Saver."),
            Some(["46", "", "", "", "136", ""].map(str::to_owned))
        );
        for none in [
            "[1] For Virgin Islands, please refer to the Worldwide Rate and Zone information.",
            "ZONES",
            "Zone for Ground",
            "zone 4444 for ground",
            "",
        ] {
            assert_eq!(zones(none), None, "{none}");
        }
    }
}
