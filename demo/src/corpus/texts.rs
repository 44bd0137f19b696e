//! Texts that were saved otherwise, and texts that are damaged; all of them lists of ZIPs.

use super::Cases;
use super::containers::cut;
use super::table::Table;
use crate::text::{Encoding, Quotes, Text};
use crate::us_zips::us_zips;

pub(super) fn add(cases: &mut Cases) {
    manners(cases);
    damages(cases);
}

/// What is written otherwise than by the publisher, and whole.
fn manners(cases: &mut Cases) {
    let usual = Text::us_zips();
    let encoded = |encoding| Text { encoding, ..Text::us_zips() };
    let manners = [
        ("uszips-authentic.csv", "As the publisher writes it.", usual.clone()),
        ("uszips-bom.csv", "With a byte order mark.", encoded(Encoding::Utf8WithMark)),
        ("uszips-utf16le.csv", "In UTF-16, low byte first.", encoded(Encoding::Utf16Little)),
        ("uszips-utf16be.csv", "In UTF-16, high byte first.", encoded(Encoding::Utf16Big)),
        ("uszips-latin.csv", "In Windows' code page for Western Europe.", encoded(Encoding::Windows1252)),
        ("uszips-unquoted.csv", "With quotes only where needed.", Text { quotes: Quotes::Needed, ..usual.clone() }),
        ("uszips-semicolons.csv", "With semicolons between fields.", Text { delimiter: ';', ..Text::plain() }),
        ("uszips-tabs.txt", "With tabs between fields.", Text { delimiter: '\t', ..Text::plain() }),
        ("uszips-pipes.txt", "With pipes between fields.", Text { delimiter: '|', ..Text::plain() }),
        ("uszips-lf.csv", "With line feeds only.", Text { line_end: "\n", ..usual.clone() }),
        ("uszips-cr.csv", "With carriage returns only, as old Macs wrote.", Text { line_end: "\r", ..usual.clone() }),
        ("uszips-no-end.csv", "Without an end of the last line.", Text { final_line_end: false, ..usual.clone() }),
        ("uszips-commas-at-end.csv", "With a last line of commas only.", Text { blank_last_line: true, ..Text::plain() }),
        ("uszips-reversed.csv", "With the columns in the opposite order.", Text { reversed: true, ..usual.clone() }),
        (
            "uszips-renamed.csv",
            "With Zip for zip and state for state_id.",
            Text { renamed: vec![("zip", "Zip"), ("state_id", "state")], ..usual.clone() },
        ),
        ("uszips-extra.csv", "With a column that nobody knows.", Text { extra: vec![("region", "East")], ..usual.clone() }),
        ("uszips-lost-zeros.csv", "With ZIPs that a spreadsheet turned into numbers.", Text { lost_zeros: true, ..Text::plain() }),
        (
            "uszips-narrow.csv",
            "Without the columns that may be missing.",
            Text {
                without: vec!["state_name", "density", "county_name", "timezone", "county_weights", "county_names_all", "county_fips_all"],
                ..usual.clone()
            },
        ),
        ("uszips-header.csv", "With a header and no row.", Text { rows: Some(0), ..usual.clone() }),
        ("uszips-no-header.csv", "With rows and no header.", Text { header: false, ..usual }),
    ];
    for (name, what, text) in manners {
        let bytes = us_zips(&cases.country, &text);
        cases.add(name, what, bytes);
    }
    let unmarked = us_zips(&cases.country, &encoded(Encoding::Utf16Little))[2..].to_vec();
    cases.add("uszips-utf16-unmarked.csv", "In UTF-16, low byte first, without a mark that says so.", unmarked);
    let table = Table::of(true, |text| us_zips(&cases.country, text));
    let lines = String::from_utf8_lossy(&table.commas()).into_owned();
    cases.add(
        "uszips-sep.csv",
        "With the line by which Excel is told the delimiter.",
        [b"sep=;\r\n".as_slice(), &table.text(';', "\r\n")].concat(),
    );
    cases.add("uszips-blank-lines.csv", "With a blank line after every other.", lines.replace('\n', "\n\n"));
    cases.add("uszips-title.csv", "With a title and a blank line above the header.", format!("ZIPs of January 2025\n\n{lines}"));
    let upper = table.clone().changed(|rows| rows[0].iter_mut().for_each(|name| *name = format!(" {} ", name.to_uppercase())));
    cases.add("uszips-upper.csv", "With the header in capitals between blanks.", upper.commas());
    let newline = table.clone().with(2, 12, "{\"72001\":\n 100}").with(5, 12, "{\"72003\":\r\n 100}");
    cases.add("uszips-newline.csv", "With line ends inside quotes, in a column that is not used.", newline.commas());
    let padded = table.changed(|rows| rows.iter_mut().skip(1).flatten().for_each(|field| *field = format!("{field}  ")));
    cases.add("uszips-padded.csv", "With blanks at the end of every field.", padded.commas());
}

/// What went wrong on the way.
fn damages(cases: &mut Cases) {
    let bytes = us_zips(&cases.country, &Text::us_zips());
    cases.add(
        "uszips-many-blank-lines.csv",
        "With 750,000 blank lines at its end.",
        [bytes.as_slice(), "\r\n".repeat(750_000).as_bytes()].concat(),
    );
    let table = Table::of(true, |text| us_zips(&cases.country, text));
    let lines = String::from_utf8_lossy(&table.commas()).into_owned();
    let line = |number: usize| lines.lines().nth(number).unwrap_or_default();
    let swap = |number: usize, other: &str| lines.replacen(line(number), other, 1);

    cases.add("uszips-cut.csv", "Cut within a quoted field.", cut(&bytes, 60));
    let end_of_line = bytes.iter().rposition(|byte| *byte == b'"').map_or(0, |at| at - 30);
    cases.add("uszips-cut-end.csv", "Cut within its last row.", bytes[..end_of_line].to_vec());
    let accent = bytes.iter().rposition(|byte| *byte >= 0xc0).map_or(bytes.len(), |at| at + 1);
    cases.add("uszips-cut-letter.csv", "Cut within a letter of two bytes.", bytes[..accent].to_vec());
    let city = format!(",{},", table.rows[40][3]);
    let opened = city.replacen(',', ",\"", 1);
    cases.add("uszips-stray-quote.csv", "With a quote that the row's next quote closes.", swap(40, &line(40).replacen(&city, &opened, 1)));
    let last = line(40).rsplit_once(',').map_or_else(String::new, |(row, last)| format!("{row},\"{last}"));
    cases.add("uszips-swallowed.csv", "With a quote in a last field that a quote of the next row closes.", swap(40, &last));
    let bare = us_zips(&cases.country, &Text { without: vec!["county_weights"], ..Text::plain() });
    let bare = String::from_utf8_lossy(&bare).replacen(&city, &opened, 1);
    cases.add("uszips-open-quote.csv", "With a quote that nothing closes.", bare);
    cases.add(
        "uszips-inner-quote.csv",
        "With a quote inside a field that has none around it.",
        swap(30, &line(30).replacen(",TRUE,", ",TR\"UE,", 1)),
    );
    cases.add("uszips-short-row.csv", "With a row that lacks fields.", swap(20, line(20).rsplit_once(',').map_or("", |(row, _)| row)));
    cases.add("uszips-long-row.csv", "With a row that has fields too many.", swap(20, &format!("{},more,and more", line(20))));
    cases.add(
        "uszips-header-again.csv",
        "With the header again in its middle, as when files are joined.",
        swap(50, &format!("{}\n{}", line(0), line(50))),
    );
    let mut mixed = lines.clone().into_bytes();
    if let Some(at) = lines.find(&city) {
        mixed[at + 2..at + 4].copy_from_slice(b"\xff\xfe");
    }
    cases.add("uszips-wrong-bytes.csv", "In UTF-8 with two bytes in a city's name that are none.", mixed);
    cases.add("uszips-nul.csv", "With a zero byte in a field.", swap(10, &line(10).replacen(",TRUE,", ",T\0RUE,", 1)));
    let control = table.clone().with(10, 3, "Ash\u{7}ford");
    cases.add("uszips-control.csv", "With a control character in a city's name.", control.commas());
    let lost = table.clone().with(10, 3, "A\u{fffd}asco");
    cases.add("uszips-lost-letter.csv", "With a letter that was lost when the file was saved.", lost.commas());
    let decimals = table.clone().changed(|rows| rows.iter_mut().skip(1).for_each(|row| row[1] = row[1].replace('.', ",")));
    cases.add(
        "uszips-decimal-commas.csv",
        "With semicolons and decimal commas, as a spreadsheet in Europe saves it.",
        decimals.text(';', "\r\n"),
    );
    let doubled = table.clone().changed(|rows| "zip".clone_into(&mut rows[0][6]));
    cases.add("uszips-two-zips.csv", "With two columns called zip.", doubled.commas());
    let nameless = table.changed(|rows| rows[0][6].clear());
    cases.add("uszips-nameless.csv", "With a column without a name.", nameless.commas());
    cases.add(
        "uszips-one-long-line.csv",
        "With a row that is a million characters long.",
        swap(10, &line(10).replacen("TRUE", &"x".repeat(1_000_000), 1)),
    );
}
