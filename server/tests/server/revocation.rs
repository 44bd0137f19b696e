//! Two server processes on one PRIMARY: whoever is disabled or signed out on one is refused by the other within a second.
//!
//! Five times by default; `HANDLED_SOAK=1` does it fifty times.

use std::io::Write;
use std::time::{Duration, Instant};

use database_testing::{PgBouncer, TestDatabase};

use crate::place::{Place, Server, ask};
use crate::wire::{answer, json, request, sign_in, times};

const PASSWORD: &str = "correct+horse+battery";
/// Waits for both servers' direct lines, and cuts them.
const CUT: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
     WHERE application_name = 'handled listener' AND datname = current_database()";

/// Two servers on the same databases.
struct Two {
    one: Server,
    other: Server,
    places: [Place; 2],
    /// The first administrator's cookie on the first server.
    administrator: String,
    primary: TestDatabase,
    _rest: (TestDatabase, Option<PgBouncer>),
}

/// How the servers reach PRIMARY.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Straight,
    PgBouncer,
    PgBouncerAndDirectLine,
}

impl Two {
    fn new(way: Way) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (primary, data) = runtime.block_on(async { (TestDatabase::create("primary").await, TestDatabase::create("data").await) });
        let pgbouncer = (way != Way::Straight).then(|| runtime.block_on(PgBouncer::start(&primary)));
        let url = pgbouncer.as_ref().map_or_else(|| primary.app_url(), PgBouncer::app_url);
        let mut settings = vec![
            ("PRIMARY_DATABASE_URL", url),
            ("PRIMARY_OWNER_URL", primary.owner_url()),
            ("DATA_DATABASE_URL", data.app_url()),
            ("DATA_OWNER_URL", data.owner_url()),
            ("AUTH_SECRET", "two servers have one secret, of thirty-two bytes".to_owned()),
        ];
        if way == Way::PgBouncerAndDirectLine {
            settings.push(("PRIMARY_DIRECT_URL", primary.app_url()));
        }
        let settings: String = settings.iter().map(|(name, value)| format!("{name}='{}'\n", value.replace('\'', "%27"))).collect();
        let places = [Place::new(), Place::new()];
        for place in &places {
            place.file("handled.env", &settings);
        }
        places[0].well(&["db", "migrate"]);
        let one = Server::start(&places[0]);
        let other = Server::start(&places[1]);
        let administrator = sign_in(&one);
        Self { one, other, places, administrator, primary, _rest: (data, pgbouncer) }
    }

    /// Somebody new who is signed in, and whom both servers know: the identifier, and the cookie.
    fn somebody(&self, name: &str) -> (String, String) {
        let form = format!("email={name}%40example.com&name={name}&roles%5B0%5D=viewer");
        let created = post(&self.one, "/api/users/create", &self.administrator, &form);
        let link = json(&created).unwrap_or_else(|| panic!("{created}"));
        let token = link["path"].as_str().and_then(|path| path.split_once("token=")).expect("a link").1;
        let set = post(&self.one, "/api/set-password", "", &format!("token={token}&password={PASSWORD}"));
        assert!(set.starts_with("HTTP/1.1 200"), "{set}");
        let signed_in = post(&self.one, "/api/sign-in", "", &format!("email={name}%40example.com&password={PASSWORD}"));
        let cookie = signed_in.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap_or_else(|| panic!("{signed_in}"));
        let cookie = cookie.split(';').next().expect("a cookie").to_owned();
        for server in [&self.one, &self.other] {
            assert_eq!((status(server, &cookie), status(server, &cookie)), (200, 200));
        }
        (link["user_id"].as_str().expect("an identifier").to_owned(), cookie)
    }

    fn is_refused_within_a_second(&self, doing: &str, cookie: &str) -> Duration {
        let done = Instant::now();
        loop {
            let status = status(&self.other, cookie);
            let elapsed = done.elapsed();
            assert!(elapsed < Duration::from_secs(1), "{doing}: still answered after {elapsed:?}");
            if status == 401 {
                return elapsed;
            }
            assert_eq!(status, 200, "{doing}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn revoke(&self, round: usize) -> Duration {
        let (id, cookie) = self.somebody(&format!("disabled{round}"));
        let disabled = post(&self.one, "/api/users/disable", &self.administrator, &format!("id={id}"));
        assert!(disabled.starts_with("HTTP/1.1 200"), "{disabled}");
        let longest = self.is_refused_within_a_second("disabling", &cookie);
        let (_, cookie) = self.somebody(&format!("out{round}"));
        let out = post(&self.one, "/api/sign-out", &cookie, "");
        assert!(out.starts_with("HTTP/1.1 "), "{out}");
        longest.max(self.is_refused_within_a_second("signing out", &cookie))
    }

    fn end(mut self) {
        for server in [&mut self.one, &mut self.other] {
            server.signal("-TERM");
            assert_eq!(server.ended(), Some(0));
        }
    }
}

fn post(server: &Server, path: &str, cookie: &str, form: &str) -> String {
    let mut stream = request(server, &format!("POST {path}"), form.as_bytes()).expect("connected");
    let cookie = if cookie.is_empty() { String::new() } else { format!("Cookie: {cookie}\r\n") };
    write!(stream, "Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n{cookie}\r\n{form}").expect("sent");
    answer(stream).expect("an answer")
}

/// What a request for something that viewers may see is answered.
fn status(server: &Server, cookie: &str) -> u16 {
    let mut stream = request(server, "GET /api/runs/list?query%5Bsort%5D=-started&query%5Bpage%5D=1", b"").expect("connected");
    write!(stream, "Accept: application/json\r\nCookie: {cookie}\r\n\r\n").expect("sent");
    let answer = answer(stream).expect("an answer");
    answer.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn a_user_disabled_on_one_server_is_refused_by_the_other_within_a_second() {
    let two = Two::new(Way::Straight);
    let longest = (0..times(5, 50)).map(|round| two.revoke(round)).max();
    println!("the longest took {longest:?}");
    // By a command on the machine, too: nobody knows of it but PRIMARY.
    let (_, cookie) = two.somebody("night");
    two.places[1].well(&["user", "disable", "night@example.com"]);
    two.is_refused_within_a_second("disabling by command", &cookie);
    two.end();
}

#[test]
fn a_user_disabled_on_one_server_is_refused_by_the_other_within_a_second_through_pgbouncer() {
    let two = Two::new(Way::PgBouncer);
    let longest = (0..times(5, 50)).map(|round| two.revoke(round)).max();
    println!("the longest took {longest:?}");
    two.end();
}

#[test]
fn a_direct_line_that_is_cut_delays_no_revocation() {
    let two = Two::new(Way::PgBouncerAndDirectLine);
    let cut = || ask::<(i64,)>(&two.primary.url(), CUT).expect("a number").0;
    let (mut longest, mut lines) = (Duration::ZERO, 0);
    for round in 0..times(5, 50) {
        longest = longest.max(two.revoke(2 * round));
        lines += cut();
        longest = longest.max(two.revoke(2 * round + 1));
    }
    println!("the longest took {longest:?}, {lines} lines cut");
    assert!(lines >= 2, "there was a line on each server");
    two.end();
}
