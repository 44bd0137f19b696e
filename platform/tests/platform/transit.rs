//! Transit: every figure as the matrix, the charts' grid or the measured pair says, with the file that it comes from and what it is worth.

use demo::{Country, Text};
use model::Error;
use model::matrix::DaysSource;
use model::transformation::Freshness;
use model::transit::{Basis, Scope, Transit, TransitQuery, TransitService};
use platform::permit;

use crate::installation::{Installation, Mode, ask};
use crate::matrix::import_country;

const STANDARDS: &str = "3D_Base_Service_Standard_Directory_03012025.csv";

async fn transit(installation: &Installation, from: &str, to: &str) -> Result<Transit, Error> {
    let query = TransitQuery { from: from.to_owned(), to: to.to_owned() };
    installation.system::<permit::TransitRead>().await.transit(&query).await
}

async fn found(installation: &Installation, from: &str, to: &str) -> Transit {
    transit(installation, from, to).await.expect("an answer")
}

#[track_caller]
fn service<'a>(transit: &'a Transit, code: &str) -> &'a TransitService {
    transit.carriers.iter().flat_map(|carrier| &carrier.services).find(|service| service.service == code).expect("the service")
}

/// Names of files and who imported them.
fn files(service: &TransitService) -> Vec<(&str, &str)> {
    service.days_from.iter().map(|from| (from.file.as_deref().unwrap_or("none"), from.by.as_deref().unwrap_or("nobody"))).collect()
}

async fn made() -> Installation {
    let installation = Installation::new(Mode::Split).await;
    import_country(&installation).await;
    for name in ["delivery-matrix", "zip3"] {
        assert_eq!(installation.transform(name).await.run.failure, None);
    }
    installation
}

#[tokio::test(flavor = "multi_thread")]
async fn every_pair_of_areas_is_answered_as_the_matrix_has_it() {
    let installation = made().await;
    let country = Country::tiny();
    let areas: Vec<&str> = country.areas.iter().map(|area| area.zip3.as_str()).collect();
    let mut lines = Vec::new();
    for from in &areas {
        for to in &areas {
            let transit = found(&installation, from, to).await;
            for carrier in &transit.carriers {
                for service in carrier.services.iter().filter(|service| service.exists()) {
                    let text = |value: Option<u8>| value.map(|value| value.to_string()).unwrap_or_default();
                    lines.push(format!(
                        "{from} {to} {} {} {} {} {} {}",
                        carrier.carrier,
                        service.service,
                        text(service.days),
                        service.zone.as_deref().unwrap_or_default(),
                        text(service.score),
                        service.source.map(DaysSource::name).unwrap_or_default()
                    ));
                    let named = service.days_from.iter().chain(&service.zone_from).all(|from| from.file.is_some() && from.by.is_some());
                    assert!(named && (service.days.is_none() || !service.days_from.is_empty()), "{from} to {to}: {service:?}");
                    assert_eq!(service.estimate.is_some(), service.source == Some(DaysSource::Estimated), "{service:?}");
                }
            }
        }
    }
    lines.sort_unstable();
    let matrix: String = ask(
        installation.data(),
        "SELECT string_agg(line, E'\n' ORDER BY line COLLATE \"C\") FROM (
             SELECT concat_ws(' ', origin, destination, carrier, service, coalesce(transit_days::text, ''), coalesce(zone, ''),
                              coalesce(delivery_score::text, ''), coalesce(source, '')) AS line FROM reference.delivery_matrix) m",
    )
    .await;
    assert!(lines.len() > 500, "{}", lines.len());
    assert_eq!(lines.join("\n"), matrix);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_figure_names_its_file_and_its_worth() {
    let installation = made().await;
    let country = Country::tiny();
    let place = |zip3: &str| country.main_place(country.area(zip3).expect("an area")).expect("a place");
    let by = "system:tester";

    // Standards, and zones that people have given a meaning: two charts of one run, and the file is the origin's own.
    let transit = found(&installation, "005", "286").await;
    let (ground, air) = (service(&transit, "GND"), service(&transit, "NDA"));
    assert_eq!(
        (ground.source, ground.days_hold_for, files(ground)),
        (Some(DaysSource::Estimated), Some(Scope::Areas), vec![("005.xlsx", by)])
    );
    assert_eq!(ground.zone_from.as_ref(), ground.days_from.first());
    let estimate = ground.estimate.expect("an estimate");
    assert!(estimate.basis == Basis::Setting && estimate.accuracy.is_some(), "{estimate:?}");
    assert_eq!((air.days, air.estimate.map(|estimate| (estimate.basis, estimate.accuracy))), (Some(1), Some((Basis::FirstDigit, None))));
    assert_eq!(
        (transit.matrix.freshness, transit.matrix.made.as_ref().and_then(|made| made.by.as_deref())),
        (Freshness::Current, Some(by))
    );
    let transit = found(&installation, "010", "286").await;
    let priority = service(&transit, "PRI");
    assert_eq!((priority.source, files(priority)), (Some(DaysSource::Standard), vec![(STANDARDS, by)]));
    assert!(transit.from.city.is_some() && transit.to.state.as_deref() == Some("NC"), "{:?}", transit.to);
    assert!(transit.miles.is_some_and(|miles| (300..1_000).contains(&miles)), "{:?}", transit.miles);
    for carrier in &transit.carriers {
        let days: Vec<u8> = carrier.services.iter().map(|service| service.days.unwrap_or(u8::MAX)).collect();
        assert!(days.is_sorted() && days.len() == if carrier.carrier == "UPS" { 6 } else { 8 }, "{days:?}");
    }

    // Zones of which some pairs were measured tell how often they are right.
    let counted = transit_of_a_counted_zone(&installation).await;
    assert!(counted.is_some_and(|pairs| pairs > 0), "{counted:?}");

    // Measured between areas, and between the very ZIPs.
    let (from, to) = (place("010"), place("286"));
    let areas = found(&installation, "010", "286").await;
    let ground = service(&areas, "GND");
    let file = format!("{}.csv", from.zip);
    assert_eq!((ground.source, ground.days_hold_for), (Some(DaysSource::Measured), Some(Scope::Areas)));
    assert!(ground.zips.is_some_and(|zips| zips > 1), "{ground:?}");
    assert_eq!(files(ground), [(file.as_str(), by)]);
    assert_eq!(ground.zone_from.as_ref().and_then(|from| from.file.as_deref()), Some("010.xlsx"));
    let text = String::from_utf8(demo::ups_ground(&country, &from.zip, &Text::ups_ground(1)).expect("a file")).expect("text");
    for line in text.lines().filter(|line| line.contains(&format!(",{}", &to.zip[..3]))) {
        let fields: Vec<&str> = line.split(',').collect();
        let exact = found(&installation, fields[0], fields[1]).await;
        let ground = service(&exact, "GND");
        assert_eq!((ground.days.map(|days| days.to_string()).as_deref(), ground.days_hold_for), (Some(fields[3]), Some(Scope::Zips)));
        assert_eq!((ground.source, ground.zips, files(ground)), (Some(DaysSource::Measured), None, vec![(file.as_str(), by)]));
        assert_eq!(ground.zone, service(&areas, "GND").zone);
    }
    // From another ZIP of the area, the area's.
    let other = country.places.iter().find(|other| other.zip3() == "010" && other.zip != from.zip).expect("another ZIP");
    assert_eq!(service(&found(&installation, &other.zip, &to.zip).await, "GND").days_hold_for, Some(Scope::Areas));
}

/// Of how many pairs an estimate was counted, of some pair of areas whose zone has some.
async fn transit_of_a_counted_zone(installation: &Installation) -> Option<u64> {
    let pair: String = ask(
        installation.data(),
        "SELECT m.destination FROM reference.delivery_matrix m JOIN reference.zone_accuracy a USING (carrier, service, zone)
         WHERE m.origin = '005' AND m.source = 'estimated' AND a.pairs > 0 ORDER BY 1 LIMIT 1",
    )
    .await;
    let transit = found(installation, "005", &pair).await;
    service(&transit, "GND").estimate?.accuracy?.pairs
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_of_hawaii_or_alaska_is_answered_by_the_charts_grid() {
    let installation = made().await;
    let country = Country::tiny();
    let grid: Vec<_> = country.places.iter().filter_map(|place| Some((place, place.grid?))).collect();
    assert!(grid.iter().any(|(_, zone)| *zone == 44) && grid.iter().any(|(_, zone)| *zone == 46), "both zones");
    for (place, zone) in grid {
        let transit = found(&installation, "005", &place.zip).await;
        let (ground, air, other) = (service(&transit, "GND"), service(&transit, "NDA"), service(&transit, "3DS"));
        assert_eq!((ground.zone.clone(), ground.zone_holds_for), (Some(format!("{zone:03}")), Some(Scope::Zip)), "{}", place.zip);
        // Nobody dares to say what these zones mean, until somebody does.
        assert_eq!((ground.days, ground.estimate), (None, None));
        assert_eq!((air.zone.clone(), air.days, air.days_hold_for), (Some(format!("{}", 80 + u16::from(zone))), Some(1), Some(Scope::Zip)));
        assert_eq!(
            (files(air), air.estimate.map(|estimate| estimate.basis)),
            (vec![("005.xlsx", "system:tester")], Some(Basis::FirstDigit))
        );
        assert!(!other.exists());
        // Measured days of the area come before what its zone means.
        let measured = found(&installation, "010", &place.zip).await;
        let ground = service(&measured, "GND");
        assert_eq!((ground.source, ground.zone.clone()), (Some(DaysSource::Measured), Some(format!("{zone:03}"))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stale_figures_say_by_what_and_keep_the_name_of_their_file() {
    let installation = made().await;
    let newer = "3D_Base_Service_Standard_Directory_04012025.csv";
    let run = installation.import(newer, &[demo::usps_3d(&Country::tiny(), &Text::usps_3d()), b"\n".to_vec()].concat(), None).await;
    assert_eq!(run.run.failure, None);
    let stale = found(&installation, "010", "286").await;
    let causes: Vec<_> = stale.matrix.stale_by.iter().map(|cause| (cause.relation.as_str(), cause.run_id.as_ref())).collect();
    assert_eq!((stale.matrix.freshness, causes), (Freshness::Stale, vec![("workspace.usps_3d", Some(&run.run.id))]));
    assert_eq!(files(service(&stale, "PRI")), [(STANDARDS, "system:tester")]);
    assert_eq!(files(service(&stale, "GND")).len(), 1);

    assert_eq!(installation.transform("delivery-matrix").await.run.failure, None);
    let fresh = found(&installation, "010", "286").await;
    assert_eq!((fresh.matrix.freshness, files(service(&fresh, "PRI"))), (Freshness::Current, vec![(newer, "system:tester")]));

    // The undone import is still where the published figures come from.
    installation.system::<permit::ImportsRun>().await.undo_and_wait(&run.run.id).await.expect("is undone");
    let undone = found(&installation, "010", "286").await;
    assert_eq!((undone.matrix.freshness, files(service(&undone, "PRI"))), (Freshness::Stale, vec![(newer, "system:tester")]));
    assert_eq!(installation.transform("delivery-matrix").await.run.failure, None);
    assert_eq!(files(service(&found(&installation, "010", "286").await, "PRI")), [(STANDARDS, "system:tester")]);

    // The same of a chart and of measured days, which are replaced by origin.
    let country = Country::tiny();
    let chart =
        demo::zone_chart(&country, "010", &demo::Chart { release: Some("December 26, 2022"), ..demo::Chart::default() }).expect("a chart");
    let from = country.main_place(country.area("010").expect("an area")).expect("a place").zip.clone();
    let ground = demo::ups_ground(&country, &from, &Text::ups_ground(0)).expect("a file");
    for (name, content) in [("010 again.xlsx".to_owned(), chart), (format!("{from}_Outbound.csv"), ground)] {
        assert_eq!(installation.import(&name, &content, None).await.run.failure, None);
    }
    let stale = found(&installation, "010", "286").await;
    let gnd = service(&stale, "GND");
    assert_eq!(stale.matrix.stale_by.len(), 2, "{:?}", stale.matrix);
    assert_eq!(gnd.zone_from.as_ref().and_then(|from| from.file.as_deref()), Some("010.xlsx"));
    assert_eq!(files(gnd), [(format!("{from}.csv").as_str(), "system:tester")]);
    // The very pair is answered by what is shown now.
    let to = country.main_place(country.area("286").expect("an area")).expect("a place").zip.clone();
    let exact = found(&installation, &from, &to).await;
    assert_eq!(files(service(&exact, "GND")), [(format!("{from}_Outbound.csv").as_str(), "system:tester")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_says_so() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    let nothing = found(&installation, "94105", "10001").await;
    assert_eq!((nothing.matrix.freshness, nothing.is_found()), (Freshness::Waiting, false));
    assert!(nothing.not_found().is_some_and(|sentence| sentence.contains("has been imported")), "{:?}", nothing.not_found());
    import_country(&installation).await;
    let new = found(&installation, "005", "286").await;
    assert_eq!((new.matrix.freshness, new.is_found()), (Freshness::New, false));
    assert!(new.not_found().is_some_and(|sentence| sentence.contains("never been made")), "{:?}", new.not_found());
    let state = installation.system::<permit::TransitRead>().await.transit_matrix().await.expect("a state");
    assert_eq!(state, new.matrix);
    assert_eq!(installation.transform("delivery-matrix").await.run.failure, None);

    // Areas that no carrier knows.
    let unknown = found(&installation, "999", "998").await;
    assert!(!unknown.is_found());
    assert_eq!(unknown.not_found().as_deref(), Some("No carrier is known to go from the area 999 to the area 998."));
    let lacking: Vec<&str> = unknown.carriers.iter().filter_map(|carrier| carrier.lacking.as_deref()).collect();
    assert!(
        lacking.len() == 2 && lacking[0].contains("Import 999.xlsx") && lacking[1].contains("nothing from the area 999"),
        "{lacking:?}"
    );
    let unreached = found(&installation, "005", "999").await;
    let lacking: Vec<&str> = unreached.carriers.iter().filter_map(|carrier| carrier.lacking.as_deref()).collect();
    assert_eq!(lacking[0], "UPS is not known to go from the area 005 to the area 999.");
    // One carrier knows the origin, the other has no chart of it.
    let half = found(&installation, "286", "303").await;
    assert!(half.is_found() && half.carriers[0].services.is_empty() && half.carriers[1].lacking.is_none(), "{half:?}");

    // A ZIP that is not among the imported ones, an area that may have been meant for a ZIP, and no codes at all.
    let country = Country::tiny();
    let unlisted = country.places.iter().find(|place| !place.listed).expect("a ZIP that is not listed").zip.clone();
    let transit = found(&installation, "005", &unlisted).await;
    assert_eq!(
        transit.notes,
        [format!(
            "{unlisted} is not among the imported US ZIPs. Where no carrier's file has it, the figures are those of its area, {}.",
            &unlisted[..3]
        )]
    );
    let meant = country.places.iter().find(|place| place.listed && place.zip.starts_with("00")).expect("a ZIP with zeros");
    let transit = found(&installation, &meant.zip[2..], "286").await;
    let note = format!("{} is taken for an area; the ZIP of {}, {} is {}.", &meant.zip[2..], meant.city, meant.state, meant.zip);
    assert_eq!(transit.notes, [note]);
    let error = transit_error(&installation, "1234", "New York").await;
    assert!(error.of_field("from").is_some_and(|message| message.contains("leading zeros were lost")), "{error}");
    assert!(error.of_field("to").is_some_and(|message| message.contains("neither a ZIP")), "{error}");
}

async fn transit_error(installation: &Installation, from: &str, to: &str) -> Error {
    transit(installation, from, to).await.expect_err("is refused")
}
