//! XML in pieces of any size, and bounded.

use proptest::prelude::*;

use super::*;
use crate::testing::cases;

/// Events in words, texts that follow each other as one; or the problem.
fn events(xml: impl Read) -> Result<Vec<String>, Problem> {
    let mut xml = Xml::new(xml, "part");
    let (mut all, mut text) = (Vec::new(), String::new());
    loop {
        let event = xml.next()?;
        push_text(&mut text, &event);
        if !matches!(event, Event::Start(_) | Event::Empty(_) | Event::End(_) | Event::Eof) {
            continue;
        }
        if !text.is_empty() {
            all.push(format!("text {}", std::mem::take(&mut text)));
        }
        let words = |element: &BytesStart<'_>| {
            let mut words = element.local_name().as_ref().to_owned();
            for found in attributes(element) {
                let found = found?;
                let name = found.key.local_name().into_inner();
                words.push_str(&format!(" {name}={}", attribute(element, name)?.expect("there it is")));
            }
            Ok::<_, Problem>(words)
        };
        match &event {
            Event::Start(element) => all.push(format!("open {}", words(element)?)),
            Event::Empty(element) => all.push(format!("empty {}", words(element)?)),
            Event::End(element) => all.push(format!("close {}", element.local_name().as_ref())),
            Event::Eof => return Ok(all),
            _ => {}
        }
    }
}

/// What is wrong with a part.
fn broken(xml: impl Read) -> String {
    match events(xml) {
        Err(Problem::Broken(sentence)) => sentence,
        other => panic!("{other:?}"),
    }
}

/// Gives a few bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(into.len());
        self.0.read(&mut into[..length])
    }
}

#[test]
fn names_lose_their_prefixes_and_texts_say_what_they_mean() {
    let xml = "\u{feff}<?xml version=\"1.0\"?><!DOCTYPE x>\n<!-- <a> --><x:a r:id=\"1\" b = '2 > 1 &amp; 0'\n><c/><![CDATA[<&amp;>]]>t\r\nu &lt; &#65;&#x42;</x:a >";
    let expected = ["text \n", "open a id=1 b=2 > 1 & 0", "empty c", "text <&amp;>t\nu < AB", "close a"];
    for at_once in [3, 7, 1000] {
        assert_eq!(events(Slow(xml.as_bytes(), at_once)).expect("XML"), expected);
    }
}

#[test]
fn what_stands_for_nothing_is_left() {
    for text in ["&unknown;", "&", "a & b", "&&", "&;", "&#;", "&#x;", "&#xD800;", "&é;", "&amp", "&quot"] {
        assert_eq!(events(format!("<t>{text}</t>").as_bytes()).expect("XML")[1], format!("text {text}"));
    }
}

#[test]
fn what_is_no_xml_is_refused() {
    for cut in ["<a", "<a b=\"", "<!-- ", "<![CDATA[", "<?xml", "<", "</a", "<!D"] {
        assert_eq!(broken(cut.as_bytes()), "its part part breaks off", "{cut}");
    }
    for (xml, message) in [
        ("<!x>", "its part part is no XML (syntax error: unknown or missed symbol in markup)"),
        ("<a></b>", "its part part is no XML (ill-formed document: expected `</a>`, but `</b>` was found)"),
        ("</a>", "its part part is no XML (ill-formed document: close tag `</a>` does not match any open tag)"),
        ("<a r>", "an element a is no XML (position 3: attribute key must be directly followed by `=` or space)"),
        ("<a r=B2/>", "an element a is no XML (position 4: attribute value must be enclosed in `\"` or `'`)"),
        ("<a r=\"&none;\"/>", "an attribute r is no XML"),
    ] {
        assert!(broken(xml.as_bytes()).starts_with(message), "{xml}: {}", broken(xml.as_bytes()));
    }
    assert_eq!(broken(&b"<a>\xff</a>"[..]), "its part part is not UTF-8");
    let long = format!("<{}></b>", "a".repeat(9_000));
    assert!(broken(long.as_bytes()).len() < 300);
}

#[test]
fn an_event_of_any_length_is_refused_in_time() {
    for start in ["<t>", "<t ", "<t>&", "</", "<!--", "<![CDATA[", "<?", "<!DOCTYPE t [<!ELEMENT "] {
        let mut xml = Xml::new(start.as_bytes().chain(io::repeat(b'x')), "xl/sharedStrings.xml");
        let problem = loop {
            match xml.next() {
                Ok(_) => {}
                Err(problem) => break problem,
            }
        };
        assert!(
            matches!(problem, Problem::Broken(sentence) if sentence == "its part xl/sharedStrings.xml holds a text longer than 4 MiB"),
            "{start}"
        );
        assert!(xml.event.capacity() <= 2 * EVENT_BYTES + BUFFER, "{start}: {}", xml.event.capacity());
    }
}

#[test]
fn elements_in_elements_are_refused_in_time() {
    for name in ["x".to_owned(), "x".repeat(40_000)] {
        let depth = OPEN_BYTES / name.len() + 2;
        let nested = format!("<{name}>").repeat(depth);
        assert_eq!(broken(nested.as_bytes()), "its part part nests elements deeper than any sheet does");
        let side_by_side = format!("<{name}></{name}>").repeat(depth);
        assert_eq!(events(side_by_side.as_bytes()).expect("XML").len(), 2 * depth);
    }
}

#[test]
fn escapes_are_undone() {
    for (text, expected) in [
        ("a_x000D_b", "a\rb"),
        ("_x005F_x000D_", "_x000D_"),
        ("_xyz_", "_xyz_"),
        ("_x12", "_x12"),
        ("_xD800_", "_xD800_"),
        ("_x00é_", "_x00é_"),
    ] {
        assert_eq!(unescape(text), expected);
    }
}

proptest! {
    #![proptest_config(cases())]

    /// The library's reader of document type declarations is a state machine of its own, across what is read at once.
    #[test]
    fn any_pieces_do_no_harm(pieces in prop::collection::vec(prop::sample::select(vec![
        "<a>", "</a>", "<x:b r=\"1\">", "<c/>", "<d e='>'/>", "text", "&amp;", "&#x41;", "&", ";", "<!-- - -->", "<![CDATA[&]]>", "<?p i?>", " ", "é", "\"", "'",
        "<!DOCTYPE", " x", "[", "]", "<!E", "NTITY", "LEMENT", "<!NOTATION", "<!ATTLIST", "<!", "--", "-", ">", "<?", "?", "<",
    ]), 0..40), at_once in 1..40_usize) {
        let xml = pieces.concat();
        let once = events(xml.as_bytes()).ok();
        let slow = events(Slow(xml.as_bytes(), at_once)).ok();
        prop_assert_eq!(slow, once);
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in prop::collection::vec(prop_oneof![prop::sample::select(b"<>/!-[]?&;='\" aCDT".to_vec()), any::<u8>()], 0..200), at_once in 1..40_usize) {
        let once = events(bytes.as_slice()).ok();
        prop_assert_eq!(events(Slow(&bytes, at_once)).ok(), once);
    }
}
