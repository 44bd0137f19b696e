//! What servers do unasked: once however many there are, and again where it has failed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use model::transformation::Freshness;
use platform::{Clock, Platform, permit};

use crate::installation::{Installation, Mode, ask};
use crate::matrix::import_country;
use crate::samples;

/// Every run that has ended, with who asked for it and how it did.
const RUNS: &str = "SELECT coalesce(string_agg(concat_ws(' ', subject, actor, state), ', ' ORDER BY id), '')
                    FROM config.integration_runs WHERE operation IN ('transformation', 'export') AND state <> 'running'";

/// A clock that stands still until it is set.
#[derive(Clone)]
struct StandingClock(Arc<Mutex<DateTime<Utc>>>);

impl StandingClock {
    fn at(text: &str) -> Self {
        Self(Arc::new(Mutex::new(text.parse().expect("a time"))))
    }

    fn advance(&self, by: TimeDelta) {
        *self.0.lock().expect("a time") += by;
    }

    fn clock(&self) -> Clock {
        let time = self.0.clone();
        Clock::from_fn(move || *time.lock().expect("a time"))
    }
}

fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).expect("a time")
}

async fn stop(server: &Platform) {
    server.stop(Duration::from_secs(10)).await;
}

/// Lets a server bring everything up to date, until it has noted from when on that is to be tried again, or that it is done.
async fn transform_daily(installation: &Installation, again_at: &str) {
    let server = installation.server(Some(at(3, 30)));
    server.start().await.expect("starts");
    let noted = "SELECT coalesce(max(coalesce(again_at::text, 'done')), '') FROM config.schedules WHERE name = 'transformations'";
    installation.until(async || ask::<String>(&installation.primary, noted).await == again_at).await;
    stop(&server).await;
}

async fn freshness(installation: &Installation, name: &str) -> Freshness {
    let states = installation.system::<permit::TransformationsRead>().await.transformations().await.expect("a list");
    states.into_iter().find(|state| state.name == name).expect("is known").freshness
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_start_copy_what_people_have_set_once_and_commands_do_not() {
    for mode in [Mode::Split, Mode::Single] {
        let installation = Installation::new(mode).await;
        installation.platform.start().await.expect("starts, as for a command");
        let servers = [installation.server(None), installation.server(None), installation.server(None)];
        for server in &servers {
            server.start().await.expect("starts");
        }
        installation.until(async || freshness(&installation, "zone-transit-days").await == Freshness::Current).await;
        let states = installation.system::<permit::TransformationsRead>().await.transformations().await.expect("a list");
        assert!(states.iter().all(|state| !state.freshness.wants_run()), "{states:?}");
        for server in &servers {
            stop(server).await;
        }
        let copied = "zone-transit-days system:scheduler succeeded";
        assert_eq!(ask::<String>(&installation.primary, RUNS).await, copied);

        // Set while nobody was there to copy it: the next server that starts does.
        let mut transaction = installation.primary.pool().begin().await.expect("a transaction");
        let set =
            "UPDATE config.zone_transit_days SET days = 9, revision = nextval('config.zone_transit_days_revision') WHERE zone = '008'";
        transaction.run_script(set).await.expect("is set");
        transaction.commit().await.expect("commits");
        assert_eq!(freshness(&installation, "zone-transit-days").await, Freshness::Stale);
        let server = installation.server(None);
        server.start().await.expect("starts");
        installation.until(async || freshness(&installation, "zone-transit-days").await == Freshness::Current).await;
        stop(&server).await;
        assert_eq!(ask::<String>(&installation.primary, RUNS).await, [copied, copied].join(", "));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_could_not_be_written_is_tried_again_and_the_others_are_not() {
    let time = StandingClock::at("2026-11-20T05:30:00Z");
    let installation = Installation::with_clock(Mode::Split, time.clock()).await;
    import_country(&installation).await;
    assert_eq!(installation.zip3().await.run.failure, None);
    assert_eq!(installation.transform("delivery-matrix").await.run.failure, None);
    // A folder that is not empty stands where the file is to be.
    let place = installation.exports().join("zip3-reference.json");
    std::fs::create_dir_all(place.join("in the way")).expect("a folder");
    let exports = "SELECT string_agg(concat_ws(' ', state, failure), ', ' ORDER BY id)
                   FROM config.integration_runs WHERE operation = 'export' AND subject = 'zip3-reference.json'";
    let (count, daily) = ("SELECT count(*) FROM config.integration_runs WHERE operation = 'export'", at(5, 0));
    let attempt = async |runs: i64| {
        let server = installation.exporting_server(daily);
        server.start().await.expect("starts");
        installation.until(async || ask::<i64>(&installation.primary, count).await >= runs).await;
        stop(&server).await;
    };
    attempt(4).await;
    let told: String = ask(&installation.primary, exports).await;
    assert!(told.starts_with("failed It could not be written to the store; the cause is logged under"), "{told}");
    assert!(told.ends_with("It is tried again at 05:31 UTC."), "{told}");

    time.advance(TimeDelta::minutes(1));
    attempt(5).await;
    let told: String = ask(&installation.primary, exports).await;
    assert!(told.ends_with("It is tried again at 05:33 UTC."), "the pause grows: {told}");

    std::fs::remove_dir_all(&place).expect("is cleared away");
    time.advance(TimeDelta::minutes(2));
    attempt(6).await;
    let told: String = ask(&installation.primary, exports).await;
    assert!(told.ends_with(", succeeded"), "{told}");
    assert!(std::fs::read_to_string(&place).expect("a file").starts_with("{\""));

    // Done for that day, it is due again on the next.
    time.advance(TimeDelta::hours(20));
    attempt(6).await;
    time.advance(TimeDelta::hours(4));
    attempt(10).await;
    assert_eq!(ask::<i64>(&installation.primary, count).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daily_transformation_that_stopped_for_a_fault_is_tried_again() {
    let time = StandingClock::at("2026-11-20T03:45:00Z");
    let installation = Installation::with_clock(Mode::Split, time.clock()).await;
    installation.import("a.csv", &samples::few_zips(), None).await;
    let rename = async |from: &str, to: &str| {
        let mut transaction = installation.data().pool().begin().await.expect("a transaction");
        transaction.run_script(&format!("ALTER VIEW workspace.{from} RENAME TO {to}")).await.expect("is renamed");
        transaction.commit().await.expect("commits");
    };
    let zip3 = "SELECT string_agg(state, ', ' ORDER BY id) FROM config.integration_runs WHERE subject = 'zip3'";
    rename("us_zips", "us_zips_away").await;
    transform_daily(&installation, "2026-11-20 03:46:00+00").await;
    assert_eq!(ask::<String>(&installation.primary, zip3).await, "failed");
    rename("us_zips_away", "us_zips").await;
    time.advance(TimeDelta::minutes(1));
    transform_daily(&installation, "done").await;
    assert_eq!(ask::<String>(&installation.primary, zip3).await, "failed, succeeded");
    assert_eq!(freshness(&installation, "zip3").await, Freshness::Current);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_checks_refuse_is_not_tried_again_before_it_is_due_anew() {
    let time = StandingClock::at("2026-11-20T03:45:00Z");
    let installation = Installation::with_clock(Mode::Split, time.clock()).await;
    import_country(&installation).await;
    let mut transaction = installation.data().pool().begin().await.expect("a transaction");
    let table = "SELECT 'workspace.usps_3d_' || publication FROM workspace.live WHERE relation = 'workspace.usps_3d'";
    let table: String = ask(installation.data(), table).await;
    transaction.run_script(&format!("UPDATE {table} SET gal = 25")).await.expect("days that cannot be");
    transaction.commit().await.expect("commits");
    transform_daily(&installation, "done").await;
    let runs: String = ask(
        &installation.primary,
        "SELECT string_agg(subject || ' ' || state, ', ' ORDER BY subject) FROM config.integration_runs WHERE operation = 'transformation'",
    )
    .await;
    assert_eq!(runs, "delivery-matrix failed, zip3 succeeded, zone-transit-days succeeded");
}
