//! `kill -9` in the middle of imports, at random moments: of the server, and of PostgreSQL. Afterwards the table is as it was before or
//! complete, the run says which, and the next import works.
//!
//! Three and two times by default; `HANDLED_SOAK=1` does it twenty and ten times.

use std::io::Write;
use std::time::{Duration, Instant, SystemTime};

use chrono::DateTime;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::place::{Place, Server};
use crate::wire::{answer, json, kill_postgres, request, sign_in, times};

/// Every five-digit code.
const ROWS: usize = 100_000;
/// How long a run, or an answer, may take after a kill.
const PATIENCE: Duration = Duration::from_secs(90);
/// What is in the table, as the test works it out for itself too.
const CHECKSUM: &str =
    "SELECT encode(sha256(coalesce(string_agg(zip || ':' || population, ',' ORDER BY zip), '')::bytea), 'hex') FROM workspace.us_zips";

/// A file of the same ZIPs each time, with a population of its own in every row, so that no two imports leave the same table.
fn zips(population: usize) -> String {
    let mut file = String::from("zip,lat,lng,city,state_id,population\n");
    for zip in 0..ROWS {
        file.push_str(&format!("{zip:05},40.5,-90.25,City,IL,{population}\n"));
    }
    file
}

/// The checksum of the table that the file makes.
fn checksum_of(population: usize) -> String {
    let rows: Vec<String> = (0..ROWS).map(|zip| format!("{zip:05}:{population}")).collect();
    Sha256::digest(rows.join(",")).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends a file and answers the run that was promised, unless somebody dies first.
fn upload(server: &Server, cookie: &str, content: &str) -> std::io::Result<Option<String>> {
    let body = format!("--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"zips.csv\"\r\n\r\n{content}\r\n--limit--\r\n");
    let mut stream = request(server, "POST /api/imports", body.as_bytes())?;
    write!(stream, "Content-Type: multipart/form-data; boundary=limit\r\nAccept: application/json\r\nCookie: {cookie}\r\n\r\n")?;
    stream.write_all(body.as_bytes())?;
    Ok(json(&answer(stream)?).and_then(|taken| Some(taken["runs"][0]["id"].as_str()?.to_owned())))
}

/// The latest import as the server's own list has it; none where the server cannot tell now.
fn latest(server: &Server, cookie: &str) -> Option<Value> {
    let mut stream = request(server, "GET /api/runs/list?query%5Bsort%5D=-started&query%5Bpage%5D=1", b"").ok()?;
    write!(stream, "Accept: application/json\r\nCookie: {cookie}\r\n\r\n").ok()?;
    let page = json(&answer(stream).ok()?)?;
    page["rows"].as_array().map(|rows| rows.first().cloned().unwrap_or(Value::Null))
}

/// The latest import, once it has ended.
fn latest_ended(server: &Server, cookie: &str) -> Value {
    let begun = Instant::now();
    loop {
        let run = latest(server, cookie);
        if let Some(run) = run.as_ref().filter(|run| run["state"] != "running" && run["state"] != "queued") {
            return run.clone();
        }
        assert!(begun.elapsed() < PATIENCE, "the run never ends: {run:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn checksum(place: &Place) -> String {
    place.ask_data::<(String,)>(CHECKSUM).0
}

/// A server with one import done, and how long an undisturbed one takes: over that time the kills are spread.
struct Subject {
    place: Place,
    server: Server,
    cookie: String,
    whole: Duration,
    /// What is in the table.
    now: String,
    complete: usize,
    unchanged: usize,
    /// Kills that fell between a run's beginning and its end.
    inside: usize,
}

/// What became of an import during which somebody was killed.
struct Disturbed {
    /// The latest run before it.
    before: Value,
    /// The run that the server has promised.
    promised: Option<String>,
    /// When the kill was.
    killed: SystemTime,
    /// How long after the upload began.
    moment: Duration,
}

impl Subject {
    fn new() -> Self {
        let place = Place::new();
        let server = Server::start(&place);
        let cookie = sign_in(&server);
        // The shorter of two: the first one may have found the machine busy.
        let whole = [1_000, 0].map(|population| {
            let begun = Instant::now();
            assert!(upload(&server, &cookie, &zips(population)).expect("an answer").is_some());
            let run = latest_ended(&server, &cookie);
            assert_eq!((&run["state"], &run["rows_read"]), (&"succeeded".into(), &ROWS.into()), "{run}");
            begun.elapsed()
        });
        let now = checksum(&place);
        assert_eq!(now, checksum_of(0));
        Self { place, server, cookie, whole: whole[0].min(whole[1]), now, complete: 0, unchanged: 0, inside: 0 }
    }

    fn moment(&self) -> Duration {
        self.whole.mul_f64(rand::random_range(0.0..1.2))
    }

    /// Imports, and has somebody killed at a random moment.
    fn disturb(&self, population: usize, kill: impl FnOnce()) -> Disturbed {
        let content = zips(population);
        let before = latest(&self.server, &self.cookie).expect("the latest run")["id"].clone();
        let moment = self.moment();
        let (killed, promised) = std::thread::scope(|scope| {
            let sending = scope.spawn(|| upload(&self.server, &self.cookie, &content));
            std::thread::sleep(moment);
            let killed = SystemTime::now();
            kill();
            // Where the connection broke, the server promised nothing.
            (killed, sending.join().expect("the upload ends").ok().flatten())
        });
        Disturbed { before, promised, killed, moment }
    }

    /// Compares what the run says with what is in the table.
    fn judge(&mut self, population: usize, Disturbed { before, promised, killed, .. }: &Disturbed) -> String {
        let run = latest_ended(&self.server, &self.cookie);
        let after = checksum(&self.place);
        let said = format!("{} {}", run["state"], run["failure"]);
        if run["id"] == *before {
            assert_eq!((&after, promised), (&self.now, &None), "killed before the run began");
            return "no run".to_owned();
        }
        assert!(promised.as_ref().is_none_or(|promised| run["id"] == *promised), "{promised:?}: {run}");
        let ended = DateTime::parse_from_rfc3339(run["finished_at"].as_str().expect("an end")).expect("a time");
        self.inside += usize::from(SystemTime::from(ended) > *killed);
        if run["state"] == "succeeded" {
            assert_eq!((&after, &run["published"][0]["rows"]), (&checksum_of(population), &ROWS.into()), "{run}");
            self.complete += 1;
        } else {
            assert_eq!((&after, &run["state"]), (&self.now, &"failed".into()), "{run}");
            assert!(run["failure"].as_str().is_some_and(|failure| failure.contains("othing was changed")), "{run}");
            self.unchanged += 1;
        }
        self.now = after;
        said
    }

    fn end(mut self, kills: usize) {
        println!("{kills} kills, {} of them in a run: {} imports complete, {} without a trace", self.inside, self.complete, self.unchanged);
        assert!(kills < 10 || self.inside > kills / 4, "too few of the kills fell into an import");
        assert!(upload(&self.server, &self.cookie, &zips(999)).expect("an answer").is_some());
        assert_eq!(latest_ended(&self.server, &self.cookie)["state"], "succeeded", "the next import works");
        assert_eq!(checksum(&self.place), checksum_of(999));
        self.server.signal("-TERM");
        assert_eq!(self.server.ended(), Some(0));
    }
}

#[test]
fn a_server_killed_in_the_middle_of_an_import_goes_on_with_it_when_it_is_started_again() {
    let kills = times(3, 20);
    let mut subject = Subject::new();
    for kill in 1..=kills {
        let disturbed = subject.disturb(kill, || subject.server.signal("-KILL"));
        assert_eq!(subject.server.ended(), None);
        // PostgreSQL has outlived the server, so this is what people's programs see in the meantime.
        let meanwhile = checksum(&subject.place);
        assert!([&subject.now, &checksum_of(kill)].contains(&&meanwhile), "neither the rows before nor those after");
        subject.server = Server::start(&subject.place);
        let said = subject.judge(kill, &disturbed);
        println!("kill {kill} of the server after {:?}: {said}", disturbed.moment);
        assert!(disturbed.promised.is_none() || said.contains("succeeded"), "what was received whole is imported: {said}");
    }
    subject.end(kills);
}

#[test]
fn postgres_killed_in_the_middle_of_an_import_leaves_the_table_as_it_was_or_complete() {
    let kills = times(2, 10);
    let mut subject = Subject::new();
    for kill in 1..=kills {
        let disturbed = subject.disturb(kill, || kill_postgres(&subject.place));
        let said = subject.judge(kill, &disturbed);
        println!("kill {kill} of PostgreSQL after {:?}: {said}", disturbed.moment);
    }
    subject.end(kills);
}
