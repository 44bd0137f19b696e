//! Files in which every rule of a contract is broken, each in a row of its own: what people are told of each column.

use super::Cases;
use super::table::Table;
use crate::gaz_zcta::{Edition, gaz_zcta};
use crate::text::Text;
use crate::ups_ground::ups_ground;
use crate::us_zips::us_zips;
use crate::usps_3d::usps_3d;

/// What breaks a column of ZIPs.
const ZIP5: &[&str] = &["", "0060A", "601"];
/// What breaks a column of areas.
const ZIP3: &[&str] = &["", "00601", "6"];
/// What breaks a column of states.
const STATE: &[&str] = &["", "Ny"];
/// What breaks a column of degrees.
const DEGREES: &[&str] = &["", "north", "200", "-200", "18,5", "1.5e1"];
/// What breaks a column of whole numbers.
const COUNT: &[&str] = &["", "many", "-1", "1.5", "1,200", "99999999999999"];
/// What breaks a column of areas that may be empty.
const MEASURE: &[&str] = &["wide", "-1", "1,5", "99999999"];
/// What breaks a column of days.
const DAYS: &[&str] = &["soon", "0", "31", "2.5", "2,0"];
/// What breaks a column of zones.
const ZONE: &[&str] = &["near", "0002"];

/// What breaks a column of text, which may be empty.
fn texts() -> Vec<String> {
    vec!["x".repeat(200), "A\u{7}sh".to_owned(), "A\u{fffd}asco".to_owned()]
}

/// The table with one bad value in each of its rows, as many as there are.
fn broken(table: Table, first: usize, columns: &[(&str, Vec<String>)]) -> Table {
    table.changed(|rows| {
        let header = rows[0].clone();
        let at = |name: &str| header.iter().position(|column| column == name).unwrap_or_else(|| name.parse().unwrap_or_default());
        let all: Vec<(usize, &String)> = columns.iter().flat_map(|(name, values)| values.iter().map(|value| (at(name), value))).collect();
        for (row, (column, value)) in rows[first..].iter_mut().zip(&all) {
            row[*column].clone_from(value);
        }
        rows.truncate(first + all.len() + 1);
    })
}

fn values(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

pub(super) fn add(cases: &mut Cases) {
    let table = Table::of(true, |text| us_zips(&cases.country, text));
    let required = [vec![String::new()], texts()].concat();
    let columns = [
        ("zip", values(ZIP5)),
        ("lat", values(DEGREES)),
        ("lng", values(DEGREES)),
        ("city", required),
        ("state_id", values(STATE)),
        ("state_name", texts()),
        ("population", values(&COUNT[1..])),
        ("density", values(MEASURE)),
        ("county_name", texts()),
        ("timezone", texts()),
    ];
    cases.add("uszips-every-rule.csv", "Every rule for ZIPs broken, each in a row of its own.", broken(table, 1, &columns).commas());

    let table = Table::of(true, |text| gaz_zcta(&cases.country, Edition::Bare, text));
    let columns = [
        ("GEOID", values(ZIP5)),
        ("ALAND", values(COUNT)),
        ("AWATER", values(COUNT)),
        ("ALAND_SQMI", values(MEASURE)),
        ("AWATER_SQMI", values(MEASURE)),
        ("INTPTLAT", values(DEGREES)),
        ("INTPTLONG", values(DEGREES)),
    ];
    cases.add(
        "gaz-every-rule.txt",
        "Every rule for gazetteers broken, each in a row of its own.",
        broken(table, 1, &columns).text('\t', "\n"),
    );

    let table = Table::of(true, |text| usps_3d(&cases.country, text));
    let services = table.rows[0].clone();
    let mut columns = vec![("Origin_ZIP_Code", values(ZIP3)), ("Destination_ZIP_Code", values(ZIP3))];
    columns.extend(services.iter().skip(2).map(|service| (service.as_str(), values(DAYS))));
    cases.add(
        "3d-every-rule.csv",
        "Every rule for service standards broken, each in a row of its own.",
        broken(table, 1, &columns).commas(),
    );

    if let Some(origin) = cases.country.area("286").and_then(|area| cases.country.main_place(area)).map(|place| place.zip.clone()) {
        let table = Table::of(false, |text: &Text| ups_ground(&cases.country, &origin, text).expect("a file"));
        let days = [values(&[""]), values(DAYS)].concat();
        // Far enough down that the file is known for what it is.
        let columns = [("0", values(ZIP5)), ("1", values(ZIP5)), ("2", values(STATE)), ("3", days)];
        cases.add(
            "ground-every-rule.csv",
            "Every rule for times in transit broken, each in a row of its own.",
            broken(table, 60, &columns).commas(),
        );
    }
    corrections(cases);
}

/// Lists of rejected rows, as people have mended them.
fn corrections(cases: &mut Cases) {
    let run = "0198a2b4-0000-7000-8000-000000000001";
    let list = |header: &str, rows: &[String]| {
        let lines =
            std::iter::once(format!("{header},handled_run,handled_line,handled_column,handled_problem")).chain(rows.iter().cloned());
        format!("\u{feff}{}\r\n", lines.collect::<Vec<_>>().join("\r\n"))
    };
    let zones = "origin,destination,ground,three_day_select,second_day_air,second_day_air_am,next_day_air_saver,next_day_air";
    let good = ["286", "303", "004", "304", "204", "244", "134", "104"];
    let bad = [(0, ZIP3), (1, &["", "0060A", "6"][..])].into_iter().chain((2..8).map(|column| (column, ZONE)));
    let rows: Vec<String> = bad
        .flat_map(|(column, values)| values.iter().map(move |value| (column, *value)))
        .enumerate()
        .map(|(line, (column, value))| {
            let mut row = good;
            row[column] = value;
            format!("{},{run},{},{column},x", row.join(","), line + 10)
        })
        .collect();
    cases.add("zones-every-rule.csv", "Every rule for zones broken, each in a row of a list of rejected rows.", list(zones, &rows));

    let ground = "origin,destination,state,days";
    let rows = [format!("28602,00501,NY,2,{run},7,days,is empty"), format!("28602,'-,NY,3,{run},9,destination,is not a code of 5 digits")];
    cases.add("rejected.csv", "A list of rejected rows, one of two of them corrected.", list(ground, &rows));
    let other = format!("28602,00502,NY,2,{},8,days,is empty", run.replace("001", "002"));
    cases.add("rejected-two-runs.csv", "A list of rejected rows of two runs.", list(ground, &[rows[0].clone(), other]));
    cases.add(
        "rejected-without-run.csv",
        "A list of rejected rows that lost the run.",
        list(ground, &["28602,00501,NY,2,,7,days,is empty".to_owned()]),
    );
    let bare = "origin,destination,state,days,handled_line\r\n28602,00501,NY,2,7\r\n";
    cases.add("rejected-without-column.csv", "A list of rejected rows that lost the column of the run.", bare);
}
