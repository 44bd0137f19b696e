//! `kill -9` in the middle of a rebuild of the delivery matrix, at random moments: of the server, and of PostgreSQL. What is published is
//! the old matrix or the new one, and the run says which.
//!
//! Two and two times by default; `HANDLED_SOAK=1` does it twenty times each.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::place::{Place, Server};
use crate::wire::{answer, json, kill_postgres, request, sign_in, times};

/// How long a run, or an answer, may take after a kill.
const PATIENCE: Duration = Duration::from_secs(120);

const CHECKSUM: &str =
    "SELECT encode(sha256(coalesce(string_agg(origin || carrier || service || encode(days, 'hex') || encode(zones, 'hex'), ','
                                                                 ORDER BY origin, carrier, service), '')::bytea), 'hex')
                        FROM reference.delivery_matrix_rows";
/// Values in which what is published differs from what one plain statement makes of the imported rows.
const DIFFERENT: &str = concat!(
    "WITH plain AS MATERIALIZED (",
    include_str!("../../../platform/tests/platform/delivery_matrix.sql"),
    "), made AS MATERIALIZED (SELECT origin, destination, carrier, service, transit_days, zone, delivery_score, source FROM reference.delivery_matrix)
     SELECT (SELECT count(*) FROM (SELECT * FROM plain EXCEPT ALL SELECT * FROM made) p)
          + (SELECT count(*) FROM (SELECT * FROM made EXCEPT ALL SELECT * FROM plain) m)"
);
/// Gives a zone other days, so that the next matrix differs from the published one.
const CHANGE: &str = "UPDATE config.zone_transit_days SET days = days % 9 + 1, revision = nextval('config.zone_transit_days_revision')
                      WHERE carrier = 'UPS' AND service = 'GND' AND zone IN ('004', '005', '006') RETURNING days";

/// A server with the small demo set imported and its matrix published.
struct Subject {
    place: Place,
    server: Server,
    cookie: String,
    /// How long an undisturbed rebuild takes: over that time the kills are spread.
    whole: Duration,
    published: String,
    old: usize,
    new: usize,
}

fn start(server: &Server, cookie: &str) -> std::io::Result<Option<String>> {
    let body = "name=delivery-matrix";
    let mut stream = request(server, "POST /api/transformations/start", body.as_bytes())?;
    write!(stream, "Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\nCookie: {cookie}\r\n\r\n{body}")?;
    let requested = json(&answer(stream)?);
    Ok(requested.and_then(|requested| Some(requested["runs"].as_array()?.last()?[1].as_str()?.to_owned())))
}

/// The run as the server tells it; none where it cannot now.
fn run(server: &Server, cookie: &str, id: &str) -> Option<Value> {
    let mut stream = request(server, &format!("GET /api/runs/get?operation=transformation&id={id}"), b"").ok()?;
    write!(stream, "Accept: application/json\r\nCookie: {cookie}\r\n\r\n").ok()?;
    Some(json(&answer(stream).ok()?)?["run"].clone())
}

fn ended(server: &Server, cookie: &str, id: &str) -> Value {
    let begun = Instant::now();
    loop {
        let run = run(server, cookie, id);
        if let Some(run) = run.as_ref().filter(|run| run["state"].is_string() && run["state"] != "running" && run["state"] != "queued") {
            return run.clone();
        }
        assert!(begun.elapsed() < PATIENCE, "the run never ends: {run:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

impl Subject {
    fn new() -> Self {
        let place = Place::new();
        place.well(&["demo", "files", "demo-files"]);
        place.well(&["import", "demo-files"]);
        let server = Server::start(&place);
        let cookie = sign_in(&server);
        let begun = Instant::now();
        let first = start(&server, &cookie).expect("an answer").expect("a run");
        assert_eq!(ended(&server, &cookie, &first)["state"], "succeeded");
        let whole = begun.elapsed();
        let published = place.ask_data::<(String,)>(CHECKSUM).0;
        assert_eq!(place.ask_data::<(i64,)>(DIFFERENT).0, 0);
        Self { place, server, cookie, whole, published, old: 0, new: 0 }
    }

    /// Asks for a rebuild that makes another matrix, and has somebody killed at a random moment of it. Answers the run.
    fn disturb(&self, kill: impl FnOnce()) -> (String, Duration) {
        self.place.ask_primary::<(i16,)>(CHANGE);
        let id = start(&self.server, &self.cookie).expect("an answer").expect("a run");
        let moment = self.whole.mul_f64(rand::random_range(0.0..1.2));
        // The random moment is the point of it.
        std::thread::sleep(moment);
        kill();
        (id, moment)
    }

    fn checksum(&self) -> String {
        self.place.ask_data::<(String,)>(CHECKSUM).0
    }

    /// Compares what the run says with what is published.
    fn judge(&mut self, id: &str) -> String {
        let run = ended(&self.server, &self.cookie, id);
        let after = self.checksum();
        if run["state"] == "succeeded" {
            assert_ne!(after, self.published, "{run}");
            assert_eq!(self.place.ask_data::<(i64,)>(DIFFERENT).0, 0, "the new matrix is whole");
            self.new += 1;
        } else {
            assert_eq!((&after, &run["state"]), (&self.published, &"failed".into()), "{run}");
            assert!(run["failure"].as_str().is_some_and(|failure| failure.contains("othing was changed")), "{run}");
            self.old += 1;
        }
        self.published = after;
        run["state"].to_string()
    }

    fn end(mut self) {
        println!("{} new, {} old", self.new, self.old);
        let (id, _) = self.disturb(|| {});
        assert_eq!(self.judge(&id), "\"succeeded\"", "the next rebuild works");
        self.server.signal("-TERM");
        assert_eq!(self.server.ended(), Some(0));
    }
}

#[test]
fn a_server_killed_in_the_middle_of_a_rebuild_goes_on_with_it_when_it_is_started_again() {
    let mut subject = Subject::new();
    for kill in 1..=times(2, 20) {
        let (id, moment) = subject.disturb(|| subject.server.signal("-KILL"));
        assert_eq!(subject.server.ended(), None);
        // PostgreSQL has outlived the server, so this is what people's programs see in the meantime.
        assert!(
            subject.checksum() == subject.published || subject.place.ask_data::<(i64,)>(DIFFERENT).0 == 0,
            "neither the old nor the new one"
        );
        subject.server = Server::start(&subject.place);
        let said = subject.judge(&id);
        println!("kill {kill} of the server after {moment:?}: {said}");
        assert_eq!(said, "\"succeeded\"", "what was asked for is done");
    }
    subject.end();
}

#[test]
fn postgres_killed_in_the_middle_of_a_rebuild_leaves_the_old_matrix_or_the_new_one() {
    let mut subject = Subject::new();
    for kill in 1..=times(2, 20) {
        let (id, moment) = subject.disturb(|| kill_postgres(&subject.place));
        let said = subject.judge(&id);
        println!("kill {kill} of PostgreSQL after {moment:?}: {said}");
    }
    subject.end();
}

/// Who works on a rebuild: the number of the process, and the run.
const HOLDER: &str = "SELECT coalesce((SELECT split_part(lease_holder, ':', 1)::bigint FROM config.integration_runs
                                       WHERE operation = 'transformation' AND subject = 'delivery-matrix' AND state = 'running'), 0)";
const PUBLISHED_BY_LATEST: &str = "SELECT count(*) FROM workspace.publications p
                                   WHERE p.relation = 'reference.delivery_matrix' AND p.run_id = (SELECT l.run_id FROM workspace.live l WHERE l.relation = p.relation)";

#[test]
fn a_rebuild_that_two_servers_were_asked_for_is_done_once_and_taken_over_when_its_server_dies() {
    let Subject { place, server, cookie, .. } = Subject::new();
    let mut servers = [server, Server::start(&place)];
    for round in 1..=times(1, 5) {
        place.ask_primary::<(i16,)>(CHANGE);
        let ids = std::thread::scope(|scope| {
            let both = servers.each_ref().map(|server| scope.spawn(|| start(server, &cookie)));
            both.map(|asked| asked.join().expect("is asked").expect("an answer").expect("a run"))
        });
        assert_eq!(ids[0], ids[1], "it is one run");
        let begun = Instant::now();
        let holder = loop {
            let (holder,) = place.ask_primary::<(i64,)>(HOLDER);
            if holder > 0 {
                break holder;
            }
            assert!(begun.elapsed() < PATIENCE, "nobody takes it");
        };
        // Whoever works on it dies in the middle; the other one takes it over.
        let (dying, living) = if holder == i64::from(servers[0].id()) { (0, 1) } else { (1, 0) };
        assert_eq!(holder, i64::from(servers[dying].id()));
        servers[dying].signal("-KILL");
        assert_eq!(servers[dying].ended(), None);
        let killed = Instant::now();
        let run = ended(&servers[living], &cookie, &ids[0]);
        assert_eq!(run["state"], "succeeded", "{run}");
        assert!(killed.elapsed() < Duration::from_secs(60), "taken over after {:?}", killed.elapsed());
        println!("round {round}: taken over and done after {:?}", killed.elapsed());
        assert_eq!(place.ask_data::<(i64,)>(DIFFERENT).0, 0);
        assert_eq!(place.ask_data::<(i64,)>(PUBLISHED_BY_LATEST).0, 1, "it is applied once");
        servers[dying] = Server::start(&place);
    }
}
