//! What a chart's title says: from where the shipments go.

use model::Zip3;

/// The origins that a title names: `ZIP Codes 004-01 to 005-99` are 004 and 005. Empty if it names none.
pub(super) fn origins(title: &str) -> Vec<Zip3> {
    let title = title.to_lowercase();
    // The receiver's ZIP Code is mentioned as well: what is said of the origin comes first.
    let start = title.find("originat").unwrap_or(0);
    let mut rest = &title[start..];
    while let Some(at) = rest.find("zip code") {
        rest = rest[at + "zip code".len()..].trim_start_matches('s');
        let found = codes(rest);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// The origin that a file's name begins with: `005.xls`.
pub(super) fn origin_of_name(name: &str) -> Option<Zip3> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 3).then(|| name[..3].parse().ok()).flatten()
}

/// The codes with which a text begins: `005`, `004-01 to 005-99`, `005-01 to 005-99 and 010-01 to 010-99`.
fn codes(text: &str) -> Vec<Zip3> {
    let mut all: Vec<u16> = Vec::new();
    let mut rest = text.trim_start_matches([' ', ':', '\u{a0}']);
    while let Some((first, after)) = code(rest) {
        rest = after;
        let mut last = first;
        if let Some((end, after)) = after_any(rest, &["to", "through", "thru", "-", "–", "—"]).and_then(code) {
            (last, rest) = (end, after);
        }
        all.extend(first..=last);
        match after_any(rest, &[", and", ",", "and", "&", ";"]) {
            Some(after) => rest = after,
            None => break,
        }
    }
    all.sort_unstable();
    all.dedup();
    all.into_iter().filter_map(|code| format!("{code:03}").parse().ok()).collect()
}

/// A code of three digits, or of five, of which the last two say nothing here, with what follows it.
fn code(text: &str) -> Option<(u16, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits != 3 && digits != 5 {
        return None;
    }
    let number = text[..3].parse().ok()?;
    let rest = &text[digits..];
    let suffix = rest.strip_prefix('-').map(|suffix| suffix.bytes().take_while(u8::is_ascii_digit).count());
    Some((number, if digits == 3 && suffix == Some(2) { &rest[3..] } else { rest }))
}

/// What follows one of these words, blanks around it aside.
fn after_any<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    let text = text.trim_start();
    words.iter().find_map(|word| text.strip_prefix(word)).map(str::trim_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(title: &str) -> String {
        origins(title).iter().map(Zip3::as_str).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn titles_name_origins() {
        for (title, expected) in [
            ("For shipments originating in ZIP Codes 005-01 to 005-99. To determine zone", "005"),
            ("For shipments originating in ZIP Codes 004-01 to 005-99.", "004 005"),
            ("ZIP Codes 100-01 to 102-99", "100 101 102"),
            ("ZIP Code 005", "005"),
            ("ZIP Codes 00501 to 00699", "005 006"),
            ("zip codes: 005 - 007", "005 006 007"),
            ("originating in ZIP Codes 005-01 to 005-99 and 010-01 to 010-99", "005 010"),
            ("originating in ZIP Codes 005, 006 and 009", "005 006 009"),
            ("the receiver's ZIP Code 010. For shipments originating in ZIP Codes 005-01 to 005-99", "005"),
            ("take the first three digits of the receiver's ZIP Code and refer to the chart below:", ""),
            ("ZIP Codes 288-01 to 100-99", ""),
            ("ZIP Codes 05-01", ""),
            ("zip codeszip codes 1é", ""),
            ("", ""),
        ] {
            assert_eq!(all(title), expected, "{title}");
        }
    }

    #[test]
    fn names_begin_with_origins() {
        for (name, expected) in [
            ("005.xls", Some("005")),
            ("all/005 (1).xlsx", Some("005")),
            ("005_old.htm", Some("005")),
            ("0055.xls", None),
            ("chart.xls", None),
            ("05.xls", None),
        ] {
            assert_eq!(origin_of_name(name).as_ref().map(Zip3::as_str), expected, "{name}");
        }
    }
}
