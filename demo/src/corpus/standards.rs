//! Service standards.

use super::Cases;
use super::table::Table;
use crate::text::{Encoding, Text};
use crate::usps_3d::usps_3d;

pub(super) fn add(cases: &mut Cases) {
    let usual = Text::usps_3d();
    let manners = [
        ("3D_Base_Service_Standard_Directory_03012025.csv", "Service standards as USPS writes them.", usual.clone()),
        (
            "3D_Base_Service_Standard_Directory_06012024 (1).csv",
            "Service standards of the year before, under a copy's name.",
            usual.clone(),
        ),
        (
            "3d-lost-zeros.csv",
            "Service standards with ZIP3s that a spreadsheet turned into numbers.",
            Text { lost_zeros: true, ..usual.clone() },
        ),
        ("3d-reversed.csv", "Service standards with the columns in the opposite order.", Text { reversed: true, ..usual.clone() }),
        (
            "3d-renamed.csv",
            "Service standards with Origin_ZIP3 and Destination_ZIP3.",
            Text { renamed: vec![("Origin_ZIP_Code", "Origin_ZIP3"), ("Destination_ZIP_Code", "Destination_ZIP3")], ..usual.clone() },
        ),
        (
            "3d-utf16.csv",
            "Service standards in UTF-16 with tabs, as Excel saves Unicode text.",
            Text { encoding: Encoding::Utf16Little, delimiter: '\t', ..usual.clone() },
        ),
        ("3d-header.csv", "Service standards with a header and no row.", Text { rows: Some(0), ..usual.clone() }),
        ("3d-without-origin.csv", "Service standards without the origin.", Text { without: vec!["Origin_ZIP_Code"], ..usual.clone() }),
        (
            "3d-without-gah.csv",
            "Service standards without Ground Advantage heavy.",
            Text { without: vec!["GAH_Service_Standard"], ..usual.clone() },
        ),
        ("3d-no-header.csv", "Service standards with rows and no header.", Text { header: false, ..usual }),
    ];
    for (name, what, text) in manners {
        let bytes = usps_3d(&cases.country, &text);
        cases.add(name, what, bytes);
    }
    let table = Table::of(true, |text| usps_3d(&cases.country, text));
    for (name, what, column, value) in [
        ("3d-days-zero.csv", "A parcel that arrives in no day.", 2, "0"),
        ("3d-days-eleven.csv", "A parcel that takes eleven days.", 3, "11"),
        ("3d-days-ten.csv", "A parcel that takes ten days, as some do.", 8, "10"),
        ("3d-mail-thirty.csv", "Marketing mail that takes thirty days, as some does.", 4, "30"),
        ("3d-mail-thirty-one.csv", "Marketing mail that takes thirty-one days.", 4, "31"),
        ("3d-days-negative.csv", "A parcel that arrives before it is sent.", 2, "-1"),
        ("3d-days-half.csv", "A parcel that takes two days and a half.", 2, "2.5"),
        ("3d-days-decimal.csv", "A number of days with an empty decimal.", 2, "2.0"),
        ("3d-days-word.csv", "A number of days that is a word.", 2, "two"),
        ("3d-days-none.csv", "A service that is not offered, which is allowed.", 2, ""),
        ("3d-destination-empty.csv", "A row without a destination.", 1, ""),
        ("3d-destination-zip5.csv", "A destination of five digits.", 1, "00601"),
        ("3d-destination-dash.csv", "A destination that is a dash.", 1, "-"),
    ] {
        cases.add(name, what, table.clone().with(20, column, value).text(',', "\r\n"));
    }
    let twice = |value: &str| table.clone().repeating(4, 2, value);
    let same = table.rows[4][2].clone();
    cases.add("3d-repeated.csv", "A pair that stands there twice.", twice(&same).commas());
    cases.add("3d-contradicted.csv", "A pair that stands there twice with two standards.", twice("5").commas());
}
