//! `kill -9` on the server in the middle of imports, at random moments: afterwards the table is as before or complete, and the run says which.
//!
//! Three times by default; `HANDLED_SOAK=1` does it twenty times.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::command_line::{Place, Server, text};

const ROWS: usize = 60_000;

/// A file of the same ZIPs each time, with a population of its own in every row, so that no two imports leave the same table.
fn zips(population: usize) -> String {
    let mut file = String::from("zip,lat,lng,city,state_id,population\n");
    for zip in 0..ROWS {
        file.push_str(&format!("{zip:05},40.5,-90.25,City,IL,{population}\n"));
    }
    file
}

fn request(server: &Server, head: &str, body: &[u8]) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(&server.address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    write!(stream, "{head} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n", server.address, body.len())?;
    Ok(stream)
}

fn answer(mut stream: TcpStream) -> std::io::Result<String> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(text(&answer))
}

/// Signs in with the password that the first start printed, and answers the cookie.
fn sign_in(server: &Server, password: &str) -> String {
    let body = format!("email=admin%40localhost&password={password}");
    let mut stream = request(server, "POST /api/sign-in", body.as_bytes()).expect("connected");
    write!(stream, "Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n\r\n{body}").expect("sent");
    let answer = answer(stream).expect("an answer");
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap_or_else(|| panic!("{answer}"));
    cookie.split(';').next().expect("a cookie").to_owned()
}

/// Sends a file and answers the run's identifier, unless the server dies first.
fn upload(server: &Server, cookie: &str, content: &str) -> std::io::Result<String> {
    let body = format!("--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"zips.csv\"\r\n\r\n{content}\r\n--limit--\r\n");
    let mut stream = request(server, "POST /api/imports", body.as_bytes())?;
    write!(stream, "Content-Type: multipart/form-data; boundary=limit\r\nAccept: application/json\r\nCookie: {cookie}\r\n\r\n")?;
    stream.write_all(body.as_bytes())?;
    answer(stream)
}

/// The latest import as the server's own list has it, once it has ended.
fn latest_run(server: &Server, cookie: &str) -> serde_json::Value {
    let begun = Instant::now();
    loop {
        let mut stream = request(server, "GET /api/runs/list?query%5Bsort%5D=-started&query%5Bpage%5D=1", b"").expect("connected");
        write!(stream, "Accept: application/json\r\nCookie: {cookie}\r\n\r\n").expect("sent");
        let answer = answer(stream).expect("an answer");
        let json = answer.split_once("\r\n\r\n").map(|(_, body)| body).expect("a body");
        // The body may come in chunks; the list is one line of JSON among their sizes.
        let json = json.lines().find(|line| line.starts_with('{')).unwrap_or_else(|| panic!("{answer}"));
        let page: serde_json::Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {answer}"));
        let run = page["rows"][0].clone();
        if run["state"] != "running" {
            return run;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the run never ends: {run}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// What is in the table: how many rows, and which populations.
fn table(place: &Place) -> (i64, i64, i64) {
    place.ask_data("SELECT count(*), coalesce(min(population), -1), coalesce(max(population), -1) FROM workspace.us_zips")
}

#[test]
fn a_server_killed_in_the_middle_of_an_import_leaves_the_table_as_it_was_or_complete() {
    let kills = if std::env::var_os("HANDLED_SOAK").is_some() { 20 } else { 3 };
    let place = Place::new();
    let mut server = Server::start(&place);
    let password = server
        .welcome
        .lines()
        .find_map(|line| line.trim().strip_prefix("Password"))
        .expect("a password")
        .trim_start_matches([':', ' '])
        .to_owned();
    let cookie = sign_in(&server, password.split_whitespace().next().expect("a word"));
    // How long an undisturbed import takes says over which time the kills are spread.
    let begun = Instant::now();
    upload(&server, &cookie, &zips(0)).expect("an answer");
    let run = latest_run(&server, &cookie);
    assert_eq!((&run["state"], &run["rows_read"]), (&"succeeded".into(), &ROWS.into()), "{run}");
    let whole = begun.elapsed();
    let (mut before, mut published, mut unchanged) = (table(&place), 0, 0);
    assert_eq!(before, (60_000, 0, 0));

    for kill in 1..=kills {
        let content = zips(kill);
        let runs_before = latest_run(&server, &cookie)["id"].clone();
        let moment = whole.mul_f64(rand::random_range(0.0..1.2));
        std::thread::scope(|scope| {
            // The connection breaks when the server dies, so its answer tells nothing.
            let sending = scope.spawn(|| upload(&server, &cookie, &content).is_ok());
            std::thread::sleep(moment);
            server.signal("-KILL");
            sending.join().expect("the upload ends");
        });
        assert_eq!(server.ended(), None);
        server = Server::start(&place);
        let run = latest_run(&server, &cookie);
        let after = table(&place);
        let complete = (60_000, i64::try_from(kill).expect("few"), i64::try_from(kill).expect("few"));
        println!("kill {kill} after {moment:?}: {} {}", run["state"], run["failure"]);
        if run["id"] == runs_before {
            assert_eq!(after, before, "killed before the run began");
        } else if run["state"] == "succeeded" {
            assert_eq!(after, complete, "{run}");
            published += 1;
        } else {
            assert_eq!((after, &run["state"]), (before, &"failed".into()), "{run}");
            assert!(run["failure"].as_str().is_some_and(|failure| failure.contains("Nothing was changed")), "{run}");
            unchanged += 1;
        }
        before = after;
    }
    println!("{kills} kills: {published} imports complete, {unchanged} without a trace");
    assert!(kills < 20 || published + unchanged > kills / 4, "too few of the kills fell into an import");
    // And the next import works.
    upload(&server, &cookie, &zips(999)).expect("an answer");
    assert_eq!(latest_run(&server, &cookie)["state"], "succeeded");
    assert_eq!(table(&place), (60_000, 999, 999));
    server.signal("-TERM");
    assert_eq!(server.ended(), Some(0));
}
