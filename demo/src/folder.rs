//! A folder full of demo files.

use std::path::{Path, PathBuf};
use std::thread;

use crate::Error;
use crate::country::Country;
use crate::gaz_zcta::{self, Edition, gaz_zcta};
use crate::sheet::Format;
use crate::text::Text;
use crate::ups_ground::{self, ups_ground};
use crate::us_zips::{self, us_zips};
use crate::usps_3d::{self, usps_3d};
use crate::zone_chart::{self, Chart, zone_chart};

/// How much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Enough to look around: 120 ZIP3s, some 2,000 ZIPs, twelve zone charts; 18 files.
    Small,
    /// What a nation's publishers have: 33,783 ZIPs, 802,816 pairs of ZIP3s, 905 zone charts, time in transit from 40 facilities; 948 files.
    National,
}

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where it is.
    pub path: PathBuf,
    /// The name of its kind.
    pub kind: &'static str,
    /// Its rows: those of a chart for one origin, destinations and entries of its grid, each once.
    pub rows: u64,
    /// What it is, in a sentence.
    pub what: &'static str,
}

/// The ZIP3s of the facilities whose time in transit is known.
const FACILITIES: [&str; 3] = ["076", "286", "925"];
/// How many facilities a nation has.
const NATIONAL_FACILITIES: usize = 40;

/// The ZIP3s of a scale's facilities: of a nation's, the same three and others from coast to coast.
fn facilities(country: &Country, scale: Scale) -> Vec<&str> {
    let mut facilities = FACILITIES.to_vec();
    if scale == Scale::National {
        let others: Vec<&str> = country
            .areas
            .iter()
            .filter(|area| area.has_row && country.main_place(area).is_some_and(|place| place.listed))
            .map(|area| area.zip3.as_str())
            .filter(|zip3| !FACILITIES.contains(zip3))
            .collect();
        let wanted = NATIONAL_FACILITIES - FACILITIES.len();
        facilities.extend(others.iter().step_by(others.len() / wanted).take(wanted));
    }
    facilities
}

/// The one destination that no chart is for: offices, which receive and do not ship.
const NO_ORIGIN: &str = "569";

/// A chart to be written.
struct Planned<'a> {
    origin: &'a str,
    extension: &'static str,
    chart: Chart,
    what: &'static str,
}

/// Writes all five kinds of files into a folder, which is created where it is missing, and answers what was made, in the order in
/// which people would import it. The same scale always gives the same bytes.
///
/// # Errors
/// When the folder has anything in it, or cannot be written.
pub fn write(folder: &Path, scale: Scale) -> Result<Vec<Made>, Error> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |cause| Error::Io { path, cause }
    };
    std::fs::create_dir_all(folder).map_err(io(folder))?;
    if std::fs::read_dir(folder).map_err(io(folder))?.next().is_some() {
        return Err(Error::NotEmpty(folder.to_owned()));
    }
    let country = match scale {
        Scale::Small => Country::small(),
        Scale::National => Country::national(),
    };
    let mut made = Vec::new();
    let mut save = |name: &str, kind, rows, what, bytes: Vec<u8>| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(io(&path))?;
        made.push(Made { path, kind, rows, what });
        Ok::<(), Error>(())
    };
    let what = "ZIPs with their places and people, as SimpleMaps writes them.";
    save("uszips.csv", "us-zips", us_zips::rows(&country), what, us_zips(&country, &Text::us_zips()))?;
    let (edition, what) = match scale {
        Scale::Small => (Edition::Qualified, "Areas of ZIPs, as the Census Bureau writes them from 2025, with pipes between."),
        Scale::National => (Edition::Padded, "Areas of ZIPs, as the Census Bureau wrote them through 2024, padded with blanks."),
    };
    let name = format!("{}_Gaz_zcta_national.txt", edition.year());
    save(&name, "gaz-zcta", gaz_zcta::rows(&country), what, gaz_zcta(&country, edition, &edition.text()))?;
    let what = match scale {
        Scale::Small => "Service standards of USPS between some ZIP3s: a regional extract.",
        Scale::National => "Service standards of USPS between all ZIP3s.",
    };
    let name = "3D_Base_Service_Standard_Directory_03012025.csv";
    save(name, "usps-3d", usps_3d::rows(&country), what, usps_3d(&country, &Text::usps_3d()))?;
    for (index, zip3) in facilities(&country, scale).into_iter().enumerate() {
        let missing = || Error::NoSuchOrigin(zip3.to_owned());
        let origin = &country.area(zip3).and_then(|area| country.main_place(area)).ok_or_else(missing)?.zip;
        let (name, trailing, what) = match index {
            0 => (format!("{origin}.csv"), 0, "UPS Ground time in transit from a facility."),
            _ => (format!("{origin}_Outbound.csv"), 1, "UPS Ground time in transit from a facility, with an empty last field in each row."),
        };
        save(&name, "ups-ground", ups_ground::rows(&country), what, ups_ground(&country, origin, &Text::ups_ground(trailing))?)?;
    }
    made.extend(write_charts(&country, folder, &plan(&country, scale))?);
    Ok(made)
}

/// The charts of a scale.
fn plan(country: &Country, scale: Scale) -> Vec<Planned<'_>> {
    let usual = Chart::default();
    if scale == Scale::Small {
        return [
            ("005", "xlsx", Chart { covers_from: Some("004"), ..usual }, "Zones of UPS, a chart for two origins, 004 and 005."),
            ("006", "xls", usual, "Zones of UPS from Puerto Rico: OOXML with the old extension, as UPS serves it."),
            ("076", "xls", Chart { format: Format::Biff, ..usual }, "Zones of UPS, an Excel 97 workbook."),
            ("086", "xls", Chart { format: Format::Html, ..usual }, "Zones of UPS, an HTML table with a workbook's extension."),
            ("270", "xlsx", Chart { ranges: true, ..usual }, "Zones of UPS, with ranges of destinations."),
            ("282", "xls", Chart { repeated: true, ..usual }, "Zones of UPS, with three destinations that stand there twice."),
            ("286", "xlsx", usual, "Zones of UPS."),
            (
                "300",
                "xls",
                Chart { format: Format::Biff, release: Some("December 26, 2022"), ..usual },
                "Zones of UPS, an Excel 97 workbook with a date in its title.",
            ),
            ("303", "xlsx", usual, "Zones of UPS."),
            ("606", "xls", usual, "Zones of UPS: OOXML with the old extension, as UPS serves it."),
            ("761", "xlsx", usual, "Zones of UPS."),
            ("925", "xlsx", usual, "Zones of UPS."),
        ]
        .into_iter()
        .map(|(origin, extension, chart, what)| Planned { origin, extension, chart, what })
        .collect();
    }
    let origins = country.areas.iter().filter(|area| area.has_row && area.zip3 != NO_ORIGIN);
    origins
        .map(|area| {
            let (chart, what) = match area.zip3.as_str() {
                "005" => (Chart { covers_from: Some("004"), ..usual }, "Zones of UPS, a chart for two origins, 004 and 005."),
                "010" => (Chart { repeated: true, ..usual }, "Zones of UPS, with three destinations that stand there twice."),
                "100" => (Chart { ranges: true, ..usual }, "Zones of UPS, with ranges of destinations."),
                _ => (usual, "Zones of UPS."),
            };
            let odd = area.zip3.ends_with(['1', '3', '5', '7', '9']);
            Planned { origin: &area.zip3, extension: if odd { "xls" } else { "xlsx" }, chart, what }
        })
        .collect()
}

/// Writes charts, on all processors.
fn write_charts(country: &Country, folder: &Path, plan: &[Planned<'_>]) -> Result<Vec<Made>, Error> {
    let share = plan.len().div_ceil(thread::available_parallelism().map_or(1, usize::from)).max(1);
    let write_share = |share: &[Planned<'_>]| {
        share
            .iter()
            .map(|planned| {
                let path = folder.join(format!("{}.{}", planned.origin, planned.extension));
                let bytes = zone_chart(country, planned.origin, &planned.chart)?;
                std::fs::write(&path, bytes).map_err(|cause| Error::Io { path: path.clone(), cause })?;
                Ok(Made { path, kind: "ups-zones", rows: zone_chart::rows(country, &planned.chart), what: planned.what })
            })
            .collect::<Result<Vec<Made>, Error>>()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = plan.chunks(share).map(|share| scope.spawn(|| write_share(share))).collect();
        let mut made = Vec::new();
        for thread in threads {
            made.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(made)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_set_is_always_the_same() {
        let parent = tempfile::tempdir().expect("a folder");
        let [one, other] = ["one", "other"].map(|name| parent.path().join(name));
        let made = write(&one, Scale::Small).expect("files");
        let again = write(&other, Scale::Small).expect("files");
        assert_eq!(made.len(), 18);
        for (made, again) in made.iter().zip(&again) {
            assert_eq!((made.path.file_name(), made.rows), (again.path.file_name(), again.rows));
            let read = |made: &Made| std::fs::read(&made.path).expect("the file");
            assert!(read(made) == read(again), "{}", made.path.display());
        }
        let rows = |kind: &str| made.iter().filter(|made| made.kind == kind).map(|made| made.rows).collect::<Vec<_>>();
        assert_eq!(rows("usps-3d"), [14_400]);
        assert_eq!((rows("ups-zones").len(), rows("ups-ground").len()), (12, 3));
        let refused = write(&one, Scale::Small).expect_err("a folder with files");
        assert!(refused.to_string().contains("already holds files"), "{refused}");
    }

    #[test]
    fn the_national_plan_has_905_charts() {
        let country = Country::national();
        let plan = plan(&country, Scale::National);
        assert_eq!(plan.len(), 905);
        assert!(plan.iter().all(|planned| planned.chart.format == Format::Xlsx));
        let (zips, gazetteer, ground) = (us_zips::rows(&country), gaz_zcta::rows(&country), ups_ground::rows(&country));
        assert_eq!((zips, gazetteer), (33_783, 33_144));
        assert!((40_500..42_000).contains(&ground), "{ground}");
        let mut facilities = facilities(&country, Scale::National);
        assert_eq!(facilities.len(), NATIONAL_FACILITIES);
        facilities.sort_unstable();
        facilities.dedup();
        assert_eq!(facilities.len(), NATIONAL_FACILITIES);
    }
}
