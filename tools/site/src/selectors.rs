//! The class names that a style sheet speaks of.

use std::collections::BTreeSet;

/// Every class in a selector of the style sheet, with CSS's escapes resolved.
///
/// It looks for a dot before a name anywhere outside comments and strings. Numbers such as `.5rem` are not names, so what
/// a value may hold (`url(a.png)`) can only add a name that no page uses.
pub fn classes(css: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = css.chars().peekable();
    let mut previous = ' ';
    while let Some(character) = rest.next() {
        match character {
            '*' if previous == '/' => skip_comment(&mut rest),
            '"' | '\'' => skip_string(&mut rest, character),
            '.' if rest.peek().is_some_and(|next| starts_name(*next)) => {
                found.insert(name(&mut rest));
            }
            _ => {}
        }
        previous = character;
    }
    found
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn skip_comment(rest: &mut Characters<'_>) {
    let mut previous = ' ';
    for character in rest.by_ref() {
        if previous == '*' && character == '/' {
            return;
        }
        previous = character;
    }
}

fn skip_string(rest: &mut Characters<'_>, quote: char) {
    while let Some(character) = rest.next() {
        if character == '\\' {
            rest.next();
        } else if character == quote {
            return;
        }
    }
}

fn starts_name(character: char) -> bool {
    character.is_alphabetic() || matches!(character, '_' | '-' | '\\') || !character.is_ascii()
}

fn name(rest: &mut Characters<'_>) -> String {
    let mut name = String::new();
    while let Some(&character) = rest.peek() {
        if character == '\\' {
            rest.next();
            name.extend(escaped(rest));
        } else if character.is_alphanumeric() || matches!(character, '_' | '-') || !character.is_ascii() {
            rest.next();
            name.push(character);
        } else {
            break;
        }
    }
    name
}

/// What stands after a backslash: up to six hexadecimal digits and one blank, or the character itself.
fn escaped(rest: &mut Characters<'_>) -> Option<char> {
    let mut code = String::new();
    while code.len() < 6
        && let Some(digit) = rest.next_if(char::is_ascii_hexdigit)
    {
        code.push(digit);
    }
    if code.is_empty() {
        return rest.next();
    }
    rest.next_if(char::is_ascii_whitespace);
    u32::from_str_radix(&code, 16).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(css: &str) -> Vec<String> {
        classes(css).into_iter().collect()
    }

    #[test]
    fn plain_and_nested_selectors() {
        assert_eq!(of(".a,.b>.c:hover{margin:.5rem}@media (width>=48rem){.d{x:y}}"), ["a", "b", "c", "d"]);
    }

    #[test]
    fn escapes_are_resolved() {
        let css = r".md\:hover\:bg-\[\#fff\]{} .\32xl\:w-1\/2{} .\32 xl{} .p-1\.5{} .-mt-1{}";
        assert_eq!(of(css), ["-mt-1", "2xl", "2xl:w-1/2", "md:hover:bg-[#fff]", "p-1.5"]);
    }

    #[test]
    fn comments_and_strings_hold_no_classes() {
        assert_eq!(of("/* .no */ a::after{content:\".no\\\".no\"} .yes{}"), ["yes"]);
    }
}
