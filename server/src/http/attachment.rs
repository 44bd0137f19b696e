//! Answers that a browser saves and never shows.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use http::{HeaderValue, StatusCode};
use model::Error;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::failure;

/// Kept by the browser of whoever asked, and asked about every time.
pub const CACHING: &str = "private, no-cache";

/// What RFC 8187 lets stand for itself in an extended parameter's value.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'!').remove(b'$').remove(b'&');

/// A file as an answer: saved under its name, whatever is in it.
pub fn answer(name: &str, media_type: &'static str, bytes: Option<u64>, content: Body) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CONTENT_DISPOSITION, disposition(name));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(CACHING));
    if let Some(bytes) = bytes {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
    }
    response
}

/// A browser that followed a link is to show a sentence, not JSON; one that is not signed in goes to do that, and on to `page`.
pub fn refuse(headers: &HeaderMap, error: &Error, page: &str) -> Response {
    if !failure::wants_page(headers) {
        return failure::answer(error);
    }
    match error {
        Error::Unauthenticated => failure::to_sign_in(page),
        other => (StatusCode::from_u16(other.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), format!("{other}\n")).into_response(),
    }
}

/// `attachment` with the file's name twice (RFC 6266): in plain letters for old clients, and as it is. People chose the name: nothing in
/// it ends the header, leads out of a folder or turns the order of its letters round.
pub fn disposition(name: &str) -> HeaderValue {
    let name: String = name.chars().filter(|character| !character.is_control() && !is_direction(*character)).collect();
    let name = name.trim_start_matches('.').replace(['/', '\\'], "_");
    let name = if name.trim().is_empty() { "file".to_owned() } else { name };
    let plain: String = name.chars().map(|character| if is_plain(character) { character } else { '_' }).collect();
    let text = if plain == name {
        format!("attachment; filename=\"{plain}\"")
    } else {
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(&name, KEPT))
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

/// Letters that mean themselves in a quoted string, also to clients that undo percent signs in it.
fn is_plain(character: char) -> bool {
    (character.is_ascii_graphic() || character == ' ') && !matches!(character, '"' | '%')
}

/// Characters that change the direction of writing: `fdp.exe` could be shown as `exe.pdf`.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_what_they_are_and_break_nothing() {
        let table = [
            ("uszips.csv", r#"attachment; filename="uszips.csv""#),
            ("2024 Gaz (1).txt", r#"attachment; filename="2024 Gaz (1).txt""#),
            ("Größe.csv", r#"attachment; filename="Gr__e.csv"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.csv"#),
            (
                "a\"; filename=\"evil.exe",
                r#"attachment; filename="a_; filename=_evil.exe"; filename*=UTF-8''a%22%3B%20filename%3D%22evil.exe"#,
            ),
            ("a\r\nSet-Cookie: b=c", r#"attachment; filename="aSet-Cookie: b=c""#),
            ("../../etc/passwd", r#"attachment; filename="_.._etc_passwd""#),
            ("100%20.csv", r#"attachment; filename="100_20.csv"; filename*=UTF-8''100%2520.csv"#),
            ("zips\u{202e}vsc.exe", r#"attachment; filename="zipsvsc.exe""#),
            ("a'b;c.csv", r#"attachment; filename="a'b;c.csv""#),
            ("", r#"attachment; filename="file""#),
            ("..", r#"attachment; filename="file""#),
        ];
        for (name, header) in table {
            assert_eq!(disposition(name), header, "{name:?}");
        }
    }
}
