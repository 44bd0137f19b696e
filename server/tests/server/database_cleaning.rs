//! `handled db clean` and `seed` on the platform itself: emptied, it is as on its first day, and works.

use crate::place::{Place, text};

#[test]
fn an_emptied_platform_is_seeded_and_works_as_on_its_first_day() {
    for split in ["true", "false"] {
        let place = Place::new();
        let mode = [("SPLIT_DB_MODE", split)];
        place.well(&["demo", "files", "files"]);
        let derive = || {
            place.well_with(&["import", "files"], &mode);
            place.well_with(&["transform", "run"], &mode);
            place.well_with(&["export", "zip3-reference.json", "--output", "zip3-reference.json"], &mode);
            std::fs::read(place.path("zip3-reference.json")).expect("the export")
        };
        let before = derive();
        std::fs::remove_file(place.path("zip3-reference.json")).expect("removed");

        let refused = place.refused(&["db", "clean"], &mode, 1);
        assert!(refused.contains("mark"), "rows that nobody has given a mark are somebody's: {refused}");
        assert_eq!(place.well_with(&["db", "mark", "production"], &mode).lines().count(), 2);
        let refused = place.refused(&["db", "clean", "--yes", "primary", "--yes", "data"], &mode, 1);
        assert!(refused.contains("production"), "{refused}");
        place.well_with(&["db", "mark", "test", "--yes", "primary", "--yes", "data"], &mode);
        let cleaned = place.run(&["db", "clean", "--yes", "primary", "--yes", "data"], &mode);
        assert!(cleaned.status.success(), "{}", text(&cleaned.stderr));

        assert_eq!(place.run(&["db", "status"], &mode).status.code(), Some(0), "the structure and its history stay");
        place.well_with(&["db", "seed"], &mode);
        assert_eq!(derive(), before, "the same files give the same answers");
    }
}
