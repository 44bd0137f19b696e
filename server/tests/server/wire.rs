//! Speaking to a running server over a plain connection, and killing what it rests on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::place::{Place, Server, text};

/// How often, by default and in a soak.
pub fn times(default: usize, soak: usize) -> usize {
    if std::env::var_os("HANDLED_SOAK").is_some() { soak } else { default }
}

/// `kill -9` for the place's PostgreSQL.
pub fn kill_postgres(place: &Place) {
    let note = std::fs::read_to_string(place.path(".handled/postgres/postmaster.pid")).expect("a running PostgreSQL");
    let postmaster = note.lines().next().expect("its number").trim().to_owned();
    assert!(Command::new("kill").args(["-9", &postmaster]).status().expect("kill").success());
}

pub fn request(server: &Server, head: &str, body: &[u8]) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(&server.address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(stream, "{head} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n", server.address, body.len())?;
    Ok(stream)
}

pub fn answer(mut stream: TcpStream) -> std::io::Result<String> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(text(&answer))
}

/// The JSON in an answer, whose body may come in chunks: it is one line among their sizes.
pub fn json(answer: &str) -> Option<Value> {
    let (_, body) = answer.split_once("\r\n\r\n")?;
    serde_json::from_str(body.lines().find(|line| line.starts_with('{'))?).ok()
}

/// Signs in with the password that the first start printed, and answers the cookie.
pub fn sign_in(server: &Server) -> String {
    let password = server.welcome.lines().find_map(|line| line.trim().strip_prefix("Password")).expect("a password").trim();
    let body = format!("email=admin%40localhost&password={password}");
    let mut stream = request(server, "POST /api/sign-in", body.as_bytes()).expect("connected");
    write!(stream, "Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n\r\n{body}").expect("sent");
    let answer = answer(stream).expect("an answer");
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap_or_else(|| panic!("{answer}"));
    cookie.split(';').next().expect("a cookie").to_owned()
}
