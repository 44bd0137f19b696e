//! Charts made of rows, and real ones, read as charts.

use std::path::PathBuf;

use demo::{Chart, Country, Format, zone_chart};
use proptest::prelude::*;

use super::*;
use crate::sheet::{self, SheetFormat};
use crate::testing::{cases, file};

/// Rows from memory: each with its line and fields.
#[derive(Clone)]
struct Given(std::vec::IntoIter<(u64, Vec<String>)>);

impl Rows for Given {
    fn read(&mut self, row: &mut Row) -> Result<bool, Damage> {
        let Some((line, fields)) = self.0.next() else { return Ok(false) };
        row.line = line;
        row.fields = fields.into();
        Ok(true)
    }
}

/// Rows of fields with bars between them, from line 1; blank ones are left out.
fn given(lines: &str) -> Given {
    let rows: Vec<_> = (1..)
        .zip(lines.lines().map(str::trim))
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| (number, line.split('|').map(|field| field.trim().to_owned()).collect()))
        .collect();
    Given(rows.into_iter())
}

const TITLE: &str = "ZONE CHART\nFor shipments originating in ZIP Codes 005-01 to 005-99. To determine zone\n";
const HEADER: &str = "Dest. ZIP|Ground|3 Day Select|2nd Day Air|2nd Day Air A.M.|Next Day Air Saver|Next Day Air\n";
const ROW: &str = "005|002|302|202|242|132|102\n";

fn facts(lines: &str, name: &str) -> Option<Result<ChartFacts, Refusal>> {
    recognize(&mut given(lines), name).expect("reads")
}

fn accepted(lines: &str, name: &str) -> ChartFacts {
    facts(lines, name).expect("a chart").expect("accepted")
}

fn refused(lines: &str, name: &str) -> (Reason, String) {
    let refusal = facts(lines, name).expect("a chart").expect_err("refused");
    assert!(refusal.message.starts_with(&format!("{name} ")) && refusal.message.ends_with('.'), "{}", refusal.message);
    assert_eq!(refusal.kind, Some(FileKind::UpsZones));
    (refusal.reason, refusal.message)
}

/// All rows of a chart as `line: origin destination zones`, with dots for blanks, or what is wrong with it.
fn all(rows: Box<dyn Rows>, facts: &ChartFacts) -> Result<Vec<String>, String> {
    let mut rows = open(rows, facts);
    let (mut row, mut all) = (Row::default(), Vec::new());
    while rows.read(&mut row).map_err(|damage| damage.to_string())? {
        assert_eq!(row.fields.len(), FileKind::UpsZones.contract().columns.len());
        let fields: Vec<_> = row.fields.iter().map(|field| std::str::from_utf8(field).expect("UTF-8")).collect();
        all.push(format!(
            "{}: {}",
            row.line,
            fields.iter().map(|field| if field.is_empty() { "." } else { field }).collect::<Vec<_>>().join(" ")
        ));
    }
    Ok(all)
}

fn read(lines: &str) -> Result<Vec<String>, String> {
    all(Box::new(given(lines)), &accepted(lines, "005.xls"))
}

fn expect(lines: &str, expected: &[&str]) {
    assert_eq!(read(lines), Ok(expected.iter().map(|row| (*row).to_owned()).collect()), "{lines}");
}

#[test]
fn a_chart_is_read() {
    let chart = format!("{TITLE}\n{HEADER}{ROW}6|045[1]|-|225|[1]|–|125\n");
    expect(&chart, &["5: 005 005 002 302 202 242 132 102", "6: 005 6 045 - 225 . - 125"]);
    let facts = accepted(&chart, "005.xls");
    assert_eq!((facts.notes.len(), facts.unused.len() + facts.renamed.len(), facts.release), (0, 0, None));
}

#[test]
fn ranges_and_several_origins_make_a_row_each() {
    let chart = format!("ZIP Codes 004-01 to 005-99\n{HEADER}100-101|2|||||\n006|3|||||\n");
    let expected = [
        "3: 004 100 2 . . . . .",
        "3: 005 100 2 . . . . .",
        "3: 004 101 2 . . . . .",
        "3: 005 101 2 . . . . .",
        "4: 004 006 3 . . . . .",
        "4: 005 006 3 . . . . .",
    ];
    expect(&chart, &expected);
}

#[test]
fn the_grid_makes_rows() {
    let chart = format!(
        "{TITLE}{HEADER}{ROW}\n[1] For Virgin Islands, please refer to the Worldwide Rate and Zone information.\n\
         [2] For Hawaii, the following Postal Codes are Zone 44 for Ground, Zone 124 for Next Day Air and Zone 224 for 2nd Day Air:\n\
         96701|96706|96707\n96709\n\
         For Hawaii, the following Postal Codes are Zone 46 for Ground,\nZone 126 for Next Day Air and Zone 226 for 2nd Day Air.\n\
         96703|Honolulu\n9670\n[3] The end.\n"
    );
    expect(
        &chart,
        &[
            "4: 005 005 002 302 202 242 132 102",
            "8: 005 96701 44 - 224 - - 124",
            "8: 005 96706 44 - 224 - - 124",
            "8: 005 96707 44 - 224 - - 124",
            "9: 005 96709 44 - 224 - - 124",
            "12: 005 96703 46 - 226 - - 126",
            "12: 005 Honolulu 46 - 226 - - 126",
            "13: 005 9670 46 - 226 - - 126",
        ],
    );
}

#[test]
fn a_grid_without_zones_is_not_passed_over() {
    let chart = format!("{TITLE}{HEADER}{ROW}[2] For Hawaii:\n96701|96706\n");
    let damage = read(&chart).expect_err("is damaged");
    assert!(damage.starts_with("holds ZIPs in row 6 under a heading that does not say their zones;") && damage.ends_with('.'), "{damage}");
}

#[test]
fn faulty_rows_are_left_to_the_checks() {
    let chart =
        format!("{TITLE}{HEADER}{ROW}Hawaii|044|-|224|-|-|124\n288-100|2|3|4|5|6|7\n0055|near|3|4|5|6|7\n|2|3|4|5|6|7\n006||||||\n");
    expect(
        &chart,
        &[
            "4: 005 005 002 302 202 242 132 102",
            "5: 005 Hawaii 044 - 224 - - 124",
            "6: 005 288-100 2 3 4 5 6 7",
            "7: 005 0055 near 3 4 5 6 7",
            "8: 005 . 2 3 4 5 6 7",
            "9: 005 006 . . . . . .",
        ],
    );
}

#[test]
fn rows_may_go_on_below_notes_and_a_repeated_header() {
    let chart = format!("{TITLE}{HEADER}{ROW}[1] Continued on the next page.\n{HEADER}006|045|-|225|-|-|125\n");
    expect(&chart, &["4: 005 005 002 302 202 242 132 102", "7: 005 006 045 - 225 - - 125"]);
}

#[test]
fn columns_may_stand_in_any_order() {
    let chart = format!(
        "{TITLE}Notes|Next Day Air|Next Day Air Saver|2nd Day Air A.M.|2nd Day Air|3 Day Select|UPS Ground|Destination\nx|1|2|3|4|5|6|005\n"
    );
    expect(&chart, &["4: 005 005 6 5 4 3 2 1"]);
    let facts = accepted(&chart, "005.xls");
    assert_eq!(facts.unused, ["Notes"]);
    assert_eq!(facts.renamed, [("Destination".to_owned(), "dest. zip".to_owned())]);
}

#[test]
fn renamed_columns_are_drift() {
    let text = format!("{TITLE}{HEADER}{ROW}").replace("Dest. ZIP|Ground", "Destination|Ground|Notes").replace("005|002", "005|002|x");
    let found = crate::testing::recognized(text.replace('|', "\t").as_bytes(), "005.xls").expect("a chart");
    assert_eq!(found.drift.renamed, [("Destination".to_owned(), "dest. zip".to_owned())]);
    assert_eq!((found.drift.new, found.drift.missing.len()), (vec!["Notes".to_owned()], 0));
    assert!(found.notes.contains(&"Ignored columns: Notes.".to_owned()), "{:?}", found.notes);
}

#[test]
fn origins_come_from_the_title_or_the_name() {
    let untitled = format!("ZONE CHART effective December 26, 2022\n{HEADER}{ROW}");
    let facts = accepted(&untitled, "all/005 (1).xls");
    assert_eq!(facts.notes, ["The chart's title names no origin that can be read: 005 is taken from the file's name."]);
    assert_eq!(facts.release.as_ref().map(Release::as_str), Some("2022-12-26"));
    let (reason, message) = refused(&untitled, "chart.xls");
    assert!(reason == Reason::UnknownHeader && message.contains("whose title names no origin"), "{message}");
    let notes = accepted(&format!("{TITLE}{HEADER}{ROW}"), "010.xls").notes;
    assert_eq!(notes, ["The file is named after origin 010, but its title names 005: the title counts."]);
    assert!(accepted(&format!("{TITLE}{HEADER}{ROW}"), "chart.xls").notes.is_empty());
}

#[test]
fn charts_that_lack_something_are_refused() {
    let (reason, message) =
        refused(&format!("{TITLE}Dest. ZIP|Ground|3 Day Select|2nd Day Air|2nd Day Air A.M.|Next Day Air Saver\n{ROW}"), "005.xls");
    assert!(reason == Reason::MissingColumns && message.contains("without the column next day air"), "{message}");
    assert_eq!(refused(&format!("{TITLE}{HEADER}"), "005.xls").0, Reason::NoRows);
    assert_eq!(refused(&format!("{TITLE}{HEADER}[1] Notes\n"), "005.xls").0, Reason::NoRows);
    for (header, has) in [("|UPS Ground\n", "line 3 has two columns ground. Rename"), ("|Ground|Ground\n", "line 3 has 3 columns ground.")]
    {
        let (reason, message) = refused(&format!("{TITLE}{}{header}{ROW}", HEADER.trim()), "005.xls");
        assert!(reason == Reason::AmbiguousColumns && message.contains(has), "{message}");
    }
    let (reason, message) = refused(&format!("{TITLE}{ROW}"), "005.xls");
    assert!(reason == Reason::UnknownHeader && message.contains("dest. zip, ground, 3 day select"), "{message}");
}

#[test]
fn other_tables_are_no_charts() {
    for lines in [
        "",
        "zip|lat|lng\n00601|18|-66\n",
        "Month|Cost\nJanuary|12\n",
        "ZONE CHART\n",
        // A list of rejected rows.
        "origin|destination|ground|three_day_select|second_day_air|second_day_air_am|next_day_air_saver|next_day_air\n005|005|1|2|3|4|5|6\n",
    ] {
        assert_eq!(facts(lines, "005.xls"), None, "{lines}");
    }
}

#[test]
fn a_chart_is_the_same_in_every_format() {
    let country = Country::small();
    let mut found = Vec::new();
    for (format, read_as) in [(Format::Xlsx, SheetFormat::Xlsx), (Format::Biff, SheetFormat::Xls), (Format::Html, SheetFormat::Html)] {
        let chart = Chart { format, covers_from: Some("285"), ranges: true, release: Some("December 26, 2022"), ..Chart::default() };
        let file = file(&zone_chart(&country, "286", &chart).expect("a chart"));
        let rows = || sheet::open(file.path(), read_as, "286.xls").expect("opens");
        let facts = recognize(&mut *rows(), "286.xls").expect("reads").expect("a chart").expect("accepted");
        assert_eq!((facts.origins.len(), facts.release.as_ref().map(Release::as_str)), (2, Some("2022-12-26")));
        let rows = all(rows(), &facts).expect("rows");
        found.push(rows.iter().filter_map(|row| row.split_once(": ")).map(|(_, row)| row.to_owned()).collect::<Vec<_>>());
    }
    assert!(found[0].len() > 400 && found[0] == found[1] && found[1] == found[2], "{}", found[0].len());
}

#[test]
fn real_charts_have_906_rows_and_419_in_their_grid() {
    let Some(folder) = std::env::var_os("HANDLED_REAL_FILES").map(PathBuf::from) else {
        println!("skipped: HANDLED_REAL_FILES names no folder");
        return;
    };
    for (name, expected) in [("005.xlsx", 906), ("010.xlsx", 909), ("011.xlsx", 906), ("012.xlsx", 906), ("013.xlsx", 906)] {
        let rows = || sheet::open(&folder.join(name), SheetFormat::Xlsx, name).expect("opens");
        let facts = recognize(&mut *rows(), name).expect("reads").expect("a chart").expect("accepted");
        assert_eq!((facts.origins[0].as_str(), facts.origins.len(), facts.notes.len()), (&name[..3], 1, 0));
        let rows = all(rows(), &facts).expect("rows");
        let destinations: Vec<&str> = rows.iter().filter_map(|row| row.split(' ').nth(2)).collect();
        let count = |digits: usize| destinations.iter().filter(|destination| destination.len() == digits).count();
        assert_eq!((count(3), count(5), rows.len()), (expected, 419, expected + 419), "{name}");
        let grid = |zip: &str| {
            rows.iter().find(|row| row.split(' ').nth(2) == Some(zip)).map(|row| row.split(' ').skip(3).collect::<Vec<_>>().join(" "))
        };
        for (zip, zones) in
            [("96701", "44 - 224 - - 124"), ("96703", "46 - 226 - - 126"), ("99501", "44 - 224 - - 124"), ("99950", "46 - 226 - - 126")]
        {
            assert_eq!(grid(zip).as_deref(), Some(zones), "{name}");
        }
    }
}

/// Fields such as charts have, and others.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            "005",
            "5",
            "100-288",
            "000-999",
            "288-100",
            "-",
            "[1]",
            "045[1]",
            "96701",
            "9670",
            "ZONE CHART",
            "Dest. ZIP",
            "Ground",
            "3 Day Select",
            "2nd Day Air",
            "2nd Day Air A.M.",
            "Next Day Air Saver",
            "Next Day Air",
            "origin",
            "For shipments originating in ZIP Codes 004-01 to 005-99",
            "[2] Zone 44 for Ground, Zone 124 for Next Day Air",
            "zone 46 for",
        ])
        .prop_map(str::to_owned),
        ".{0,12}",
    ]
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_rows_do_no_harm(
        before in prop::collection::vec(prop::collection::vec(field(), 0..9), 0..6),
        with_header in any::<bool>(),
        after in prop::collection::vec(prop::collection::vec(field(), 0..9), 0..30),
    ) {
        let header = if with_header { HEADER.trim().split('|').map(str::to_owned).collect() } else { Vec::new() };
        let lines: Vec<(u64, Vec<String>)> = (1..).zip(before.into_iter().chain([header]).chain(after)).collect();
        let given = Given(lines.into_iter());
        if let Some(Ok(facts)) = recognize(&mut given.clone(), "005.xls").expect("reads") {
            prop_assert!(!facts.origins.is_empty());
            if let Err(damage) = all(Box::new(given), &facts) {
                prop_assert!(damage.ends_with('.'), "{}", damage);
            }
        }
    }
}
