//! Times in transit.

use super::Cases;
use super::table::Table;
use crate::text::{Encoding, Text};
use crate::ups_ground::ups_ground;

pub(super) fn add(cases: &mut Cases) {
    let Some(origin) = cases.country.area("286").and_then(|area| cases.country.main_place(area)).map(|place| place.zip.clone()) else {
        return;
    };
    let write = |text: &Text| ups_ground(&cases.country, &origin, text).expect("a file");
    let headed = |text: Text| Text { header: true, ..text };
    let manners: Vec<(&str, &str, Vec<u8>)> = [
        ("28624.csv", "Times in transit as UPS writes them.", Text::ups_ground(0)),
        ("28624_Outbound.csv", "Times in transit with an empty last field in each row.", Text::ups_ground(1)),
        ("30301.csv", "Times in transit from another origin than the name says.", Text::ups_ground(1)),
        ("ground.csv", "Times in transit under a name that says nothing.", Text::ups_ground(1)),
        ("28601.csv", "Times in transit with a header.", headed(Text::ups_ground(0))),
        (
            "28603.csv",
            "Times in transit with ZIPs that a spreadsheet turned into numbers.",
            Text { lost_zeros: true, ..Text::ups_ground(0) },
        ),
        ("28604.csv", "Times in transit with semicolons.", Text { delimiter: ';', ..Text::ups_ground(0) }),
        (
            "28605.csv",
            "Times in transit with a byte order mark, line feeds and no end of the last line.",
            Text { encoding: Encoding::Utf8WithMark, line_end: "\n", final_line_end: false, ..Text::ups_ground(0) },
        ),
        ("28606.csv", "Times in transit with every field in quotes.", Text { quotes: crate::text::Quotes::All, ..Text::ups_ground(0) }),
        (
            "28607.csv",
            "Times in transit with a fifth field that is not empty.",
            Text { extra: vec![("zone", "004")], ..Text::ups_ground(0) },
        ),
        ("28608.csv", "Times in transit with three empty fields in each row.", Text::ups_ground(3)),
        ("28609.csv", "Times in transit without the states.", Text { without: vec!["state"], ..Text::ups_ground(0) }),
        ("28610.csv", "One time in transit.", Text { rows: Some(1), ..Text::ups_ground(1) }),
        ("28611.csv", "Times in transit with the columns in the opposite order.", Text { reversed: true, ..Text::ups_ground(0) }),
    ]
    .into_iter()
    .map(|(name, what, text)| (name, what, write(&text)))
    .collect();
    let table = Table::of(false, write);
    let row = |column: usize, value: &str| table.clone().with(20, column, value).commas();
    let mut spoilt = vec![
        ("28620.csv", "A time in transit of no day.", row(3, "0")),
        ("28621.csv", "A time in transit of eleven days.", row(3, "11")),
        ("28622.csv", "A time in transit with letters.", row(3, "2 days")),
        ("28623.csv", "A time in transit that is empty.", row(3, "")),
        ("28625.csv", "A destination with a letter.", row(1, "0050A")),
        ("28626.csv", "A destination that is empty.", row(1, "")),
        ("28627.csv", "A state in small letters, in times in transit.", row(2, "ny")),
        ("28628.csv", "A state that is written out, in times in transit.", row(2, "New York")),
        ("28629.csv", "A row from another origin than the others.", row(0, "30301")),
    ];
    let twice = |days: Option<&str>| {
        let changed = table.clone().changed(|rows| {
            let mut row = rows[4].clone();
            if let Some(days) = days {
                days.clone_into(&mut row[3]);
            }
            rows.push(row);
        });
        changed.commas()
    };
    spoilt.push(("28630.csv", "A destination that stands there twice.", twice(None)));
    spoilt.push(("28631.csv", "A destination that stands there twice with two times.", twice(Some("9"))));
    let two = table.clone().changed(|rows| {
        let mut more = rows.clone();
        more.iter_mut().for_each(|row| "30301".clone_into(&mut row[0]));
        rows.append(&mut more);
    });
    spoilt.push(("28632.csv", "Times in transit from two origins, one after the other.", two.commas()));
    let origins: String = (1..=2_001).map(|origin| format!("{origin:05},00501,NY,2\r\n")).collect();
    spoilt.push(("all-origins.csv", "Times in transit from more origins than one file may hold.", origins.into_bytes()));
    for (name, what, bytes) in manners.into_iter().chain(spoilt) {
        // Each is from the origin that its name says, apart from the one that is about that.
        let bytes = match name.get(..5) {
            Some(said) if said.starts_with("286") => String::from_utf8_lossy(&bytes).replace(&origin, said).into_bytes(),
            _ => bytes,
        };
        cases.add(name, what, bytes);
    }
}
