//! Gazetteers.

use super::Cases;
use super::table::Table;
use crate::gaz_zcta::{Edition, gaz_zcta};
use crate::text::{Encoding, Text};

pub(super) fn add(cases: &mut Cases) {
    let tabs = Text::gaz_zcta_tabs();
    let bare = |text: Text| (Edition::Bare, text);
    let manners = [
        ("2017_Gaz_zcta_national.txt", "As the Census Bureau wrote it in 2017, whole numbers ending in a bare point.", bare(tabs.clone())),
        ("2024_Gaz_zcta_national.txt", "As the Census Bureau wrote it in 2024, padded with blanks.", (Edition::Padded, tabs.clone())),
        (
            "2025_Gaz_zcta_national.txt",
            "As the Census Bureau writes it from 2025, with pipes and GEOIDFQ.",
            (Edition::Qualified, Text::gaz_zcta_pipes()),
        ),
        (
            "gaz-reversed.txt",
            "With the columns in the opposite order and a last line of tabs only.",
            bare(Text { reversed: true, blank_last_line: true, ..tabs.clone() }),
        ),
        (
            "gaz-commas.csv",
            "With commas, carriage returns and a byte order mark.",
            bare(Text { encoding: Encoding::Utf8WithMark, line_end: "\r\n", ..Text::plain() }),
        ),
        (
            "gaz-small.txt",
            "With the header in small letters and intptlon.",
            bare(Text {
                renamed: vec![
                    ("GEOID", "geoid"),
                    ("ALAND", "aland"),
                    ("AWATER", "awater"),
                    ("INTPTLAT", "intptlat"),
                    ("INTPTLONG", "intptlon"),
                ],
                ..tabs.clone()
            }),
        ),
        ("gaz-narrow.txt", "Without square miles.", bare(Text { without: vec!["ALAND_SQMI", "AWATER_SQMI"], ..tabs.clone() })),
        ("gaz-lost-zeros.txt", "With codes that a spreadsheet turned into numbers.", bare(Text { lost_zeros: true, ..tabs.clone() })),
        ("gaz-header.txt", "A gazetteer with a header and no row.", bare(Text { rows: Some(0), ..tabs.clone() })),
        ("gaz-without-geoid.txt", "Without the column GEOID.", bare(Text { without: vec!["GEOID"], ..tabs.clone() })),
        ("gaz-without-aland.txt", "Without the column ALAND.", bare(Text { without: vec!["ALAND"], ..tabs.clone() })),
        ("gaz-without-intptlong.txt", "Without the column INTPTLONG.", bare(Text { without: vec!["INTPTLONG"], ..tabs })),
    ];
    for (name, what, (edition, text)) in manners {
        let bytes = gaz_zcta(&cases.country, edition, &text);
        cases.add(name, what, bytes);
    }
    let table = Table::of(true, |text| gaz_zcta(&cases.country, Edition::Bare, text));
    for (name, what, column, value) in [
        ("gaz-land-negative.txt", "A negative area of land.", 1, "-166659745"),
        ("gaz-land-part.txt", "An area with a part of a square metre.", 1, "166659745.5"),
        ("gaz-land-point.txt", "An area that ends in a bare point.", 1, "166659745."),
        ("gaz-land-vast.txt", "An area past 32 bits, as some are.", 1, "35691360981"),
        ("gaz-water-word.txt", "An area that is a word.", 2, "none"),
        ("gaz-miles-empty.txt", "An area in square miles that is empty.", 3, ""),
        ("gaz-miles-negative.txt", "A negative area in square miles.", 4, "-0.1"),
        ("gaz-north.txt", "A latitude past the pole, in a gazetteer.", 5, "98.180555"),
        ("gaz-plus.txt", "A latitude with its sign.", 5, "+18.180555"),
        ("gaz-code-short.txt", "A code of three digits, as of states' files.", 0, "006"),
        ("gaz-code-qualified.txt", "A code with the nation's before it.", 0, "860Z200US00601"),
    ] {
        cases.add(name, what, table.clone().with(5, column, value).text('\t', "\n"));
    }
    let twice = |value: &str| table.clone().repeating(4, 2, value);
    let same = table.rows[4][2].clone();
    cases.add("gaz-repeated.txt", "An area that stands there twice.", twice(&same).text('\t', "\n"));
    cases.add("gaz-contradicted.txt", "An area that stands there twice with two lakes.", twice("77").text('\t', "\n"));
    let counties = "USPS\tGEOID\tANSICODE\tNAME\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG\n\
                    AL\t01001\t00161526\tAutauga County\t1539614693\t25744269\t594.449\t9.94\t32.532237\t-86.64644\n";
    cases.add("2017_Gaz_counties_national.txt", "The gazetteer of counties, whose codes have five digits too.", counties);
}
