//! Finds the classes in Rust sources by their tokens, inside `view!` as well as outside.
//!
//! Read as classes are the texts in
//! - the value of anything whose name holds "class": `class="a b"`, `class=("a", open)`, `class=move || if open { "a" } else
//!   { "b" }`, `let row_class = ...`, `const FIELD_CLASS: &str = ...`, `.class("a")`, `fn class(self) -> &str { ... }`;
//! - `class:a=open`;
//! - a constant of any name that such a value mentions.
//!
//! Texts that are compared or matched are not classes: in `if kind == "a" { "b" }` only `b` is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Delimiter, Literal, Spacing, TokenStream, TokenTree};

use crate::error::Error;

/// A file's tokens.
pub struct Source<'a> {
    path: &'a Path,
    tokens: TokenStream,
}

/// Where a class is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<'a> {
    /// The file.
    pub path: &'a Path,
    /// The line, from 1.
    pub line: usize,
}

impl<'a> Source<'a> {
    /// Reads a file's text.
    ///
    /// # Errors
    /// A text that is not Rust.
    pub fn new(path: &'a Path, text: &str) -> Result<Self, Error> {
        let tokens = text.parse().map_err(|error| Error::Source { path: path.to_path_buf(), reason: format!("{error}") })?;
        Ok(Self { path, tokens })
    }
}

/// The classes of all sources with their places.
pub fn classes<'a>(sources: &[Source<'a>]) -> BTreeMap<String, BTreeSet<Place<'a>>> {
    let mut scans: Vec<Scan<'a>> = sources.iter().map(|source| Scan::new(source.path)).collect();
    for (scan, source) in scans.iter_mut().zip(sources) {
        scan.walk(&trees(&source.tokens), false);
    }
    // Second round: constants that the values mention, wherever they are defined.
    let mentioned: BTreeSet<String> = scans.iter().flat_map(|scan| scan.mentioned.iter().cloned()).collect();
    for (scan, source) in scans.iter_mut().zip(sources) {
        scan.constants(&trees(&source.tokens), &mentioned);
    }
    let mut found: BTreeMap<String, BTreeSet<Place<'a>>> = BTreeMap::new();
    for scan in scans {
        for (class, place) in scan.found {
            found.entry(class).or_default().insert(place);
        }
    }
    found
}

struct Scan<'a> {
    path: &'a Path,
    found: Vec<(String, Place<'a>)>,
    /// Constants that a value names.
    mentioned: BTreeSet<String>,
}

fn trees(tokens: &TokenStream) -> Vec<TokenTree> {
    tokens.clone().into_iter().collect()
}

fn is(tree: Option<&TokenTree>, punctuation: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == punctuation)
}

/// Whether a single `=` stands here: not `==`, `=>`, and not the end of `>=` or `!=`.
fn is_assignment(trees: &[TokenTree], at: usize) -> bool {
    let Some(TokenTree::Punct(punct)) = trees.get(at) else { return false };
    if punct.as_char() != '=' {
        return false;
    }
    let joined_after = punct.spacing() == Spacing::Joint && (is(trees.get(at + 1), '=') || is(trees.get(at + 1), '>'));
    let joined_before = at > 0
        && matches!(&trees[at - 1], TokenTree::Punct(before) if before.spacing() == Spacing::Joint && "=!<>+-".contains(before.as_char()));
    !joined_after && !joined_before
}

fn speaks_of_classes(name: &str) -> bool {
    name.to_ascii_lowercase().contains("class")
}

fn is_constant(name: &str) -> bool {
    name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

impl<'a> Scan<'a> {
    fn new(path: &'a Path) -> Self {
        Self { path, found: Vec::new(), mentioned: BTreeSet::new() }
    }

    fn walk(&mut self, trees: &[TokenTree], in_view: bool) {
        for (at, tree) in trees.iter().enumerate() {
            match tree {
                TokenTree::Group(group) => {
                    let opens_view =
                        at >= 2 && is(trees.get(at - 1), '!') && matches!(&trees[at - 2], TokenTree::Ident(name) if name == "view");
                    self.walk(&self::trees(&group.stream()), in_view || opens_view);
                }
                TokenTree::Ident(name) if speaks_of_classes(&name.to_string()) => self.named(trees, at, in_view),
                _ => {}
            }
        }
    }

    /// Something whose name speaks of classes stands at `at`.
    fn named(&mut self, trees: &[TokenTree], at: usize, in_view: bool) {
        let next = trees.get(at + 1);
        if is_assignment(trees, at + 1) {
            self.value(attribute(&trees[at + 2..]));
        } else if at > 0 && is(trees.get(at - 1), '.') {
            // A builder's method, or a call such as `tone.class()` whose definition is read itself.
            if let Some(TokenTree::Group(group)) = next {
                self.value(&self::trees(&group.stream()));
            }
        } else if at > 0 && matches!(&trees[at - 1], TokenTree::Ident(before) if before == "fn") {
            let body = trees[at..].iter().find_map(|tree| match tree {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
                _ => None,
            });
            if let Some(body) = body {
                self.value(&self::trees(&body));
            }
        } else if is(next, ':') && !is(trees.get(at + 2), ':') {
            self.after_colon(trees, at, in_view);
        }
    }

    /// `class:NAME=...` in a view, `CLASS: &str = ...` elsewhere.
    fn after_colon(&mut self, trees: &[TokenTree], at: usize, in_view: bool) {
        let start = at + 2;
        let Some(length) = trees[start..].iter().position(|tree| is(Some(tree), '=') || is(Some(tree), ';') || is(Some(tree), ',')) else {
            return;
        };
        let end = start + length;
        if !is_assignment(trees, end) {
            return;
        }
        if in_view {
            let name: String = trees[start..end].iter().map(ToString::to_string).collect();
            let line = trees[at].span().start().line;
            self.found.push((name.trim_matches('"').to_owned(), Place { path: self.path, line }));
        } else {
            self.value(attribute(&trees[end + 1..]));
        }
    }

    /// Every text in a value, except what is compared or matched.
    fn value(&mut self, trees: &[TokenTree]) {
        for (at, tree) in trees.iter().enumerate() {
            match tree {
                TokenTree::Literal(literal) if !is_compared(trees, at) => self.text(literal),
                // In `("a", open)` the first is the class and the rest says when.
                TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis && at == 0 && trees.len() == 1 => {
                    let inside = self::trees(&group.stream());
                    let end = inside.iter().position(|tree| is(Some(tree), ',')).unwrap_or(inside.len());
                    self.value(&inside[..end]);
                }
                TokenTree::Group(group) => self.value(&self::trees(&group.stream())),
                TokenTree::Ident(name) if is_constant(&name.to_string()) => {
                    self.mentioned.insert(name.to_string());
                }
                _ => {}
            }
        }
    }

    fn text(&mut self, literal: &Literal) {
        let written = literal.to_string();
        let inside = written.trim_start_matches('r').trim_matches('#');
        let Some(text) = inside.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return };
        let line = literal.span().start().line;
        // `\` at the end of a line joins it to the next.
        for word in text.replace("\\\n", " ").split_whitespace() {
            // A whole class put in by `format!` is found where it comes from.
            if !(word.starts_with('{') && word.ends_with('}')) {
                self.found.push((word.to_owned(), Place { path: self.path, line }));
            }
        }
    }

    fn constants(&mut self, trees: &[TokenTree], mentioned: &BTreeSet<String>) {
        for (at, tree) in trees.iter().enumerate() {
            match tree {
                TokenTree::Group(group) => self.constants(&self::trees(&group.stream()), mentioned),
                TokenTree::Ident(keyword) if keyword == "const" || keyword == "static" => {
                    let Some(TokenTree::Ident(name)) = trees.get(at + 1) else { continue };
                    let known = speaks_of_classes(&name.to_string());
                    if mentioned.contains(&name.to_string()) && !known {
                        let rest = &trees[at + 2..];
                        let end = rest.iter().position(|tree| is(Some(tree), ';')).unwrap_or(rest.len());
                        self.value(&rest[..end]);
                    }
                }
                _ => {}
            }
        }
    }
}

/// The part that is a value: up to the next attribute, the tag's end, the statement's end or the next field.
fn attribute(trees: &[TokenTree]) -> &[TokenTree] {
    let end = (0..trees.len()).find(|&at| match &trees[at] {
        TokenTree::Punct(punct) => match punct.as_char() {
            ';' | ',' => true,
            // Not an arrow's head.
            '>' => !(at > 0 && (is(trees.get(at - 1), '-') || is(trees.get(at - 1), '='))),
            '/' => is(trees.get(at + 1), '>'),
            _ => false,
        },
        TokenTree::Ident(_) => {
            at > 0
                && (is_assignment(trees, at + 1)
                    || (is(trees.get(at + 1), ':') && !is(trees.get(at + 2), ':'))
                    || (is(trees.get(at + 1), '-') && is_dashed_attribute(&trees[at..])))
                && !is(trees.get(at - 1), ':')
        }
        _ => false,
    });
    &trees[..end.unwrap_or(trees.len())]
}

/// `aria-label=`, `data-state=`: names joined by dashes up to a single `=`.
fn is_dashed_attribute(trees: &[TokenTree]) -> bool {
    let dashed = trees.iter().take_while(|tree| matches!(tree, TokenTree::Ident(_)) || is(Some(tree), '-')).count();
    is_assignment(trees, dashed)
}

fn is_compared(trees: &[TokenTree], at: usize) -> bool {
    let equals_before = at >= 2 && is(trees.get(at - 1), '=') && (is(trees.get(at - 2), '=') || is(trees.get(at - 2), '!'));
    let equals_after = (is(trees.get(at + 1), '=') || is(trees.get(at + 1), '!')) && is(trees.get(at + 2), '=');
    let matched = is(trees.get(at + 1), '=') && is(trees.get(at + 2), '>');
    // One of several in a pattern: `"a" | "b" =>`.
    let alternative =
        is(trees.get(at + 1), '|') || is(trees.get(at.wrapping_sub(1)), '|') && at >= 2 && matches!(trees[at - 2], TokenTree::Literal(_));
    equals_before || equals_after || matched || alternative
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let sources = [Source::new("a.rs".as_ref(), text).unwrap()];
        classes(&sources).into_keys().collect()
    }

    #[test]
    fn attributes_of_a_view() {
        let text = r#"fn a() { view! { <p class="a  b" title="no">"no"</p><Button class="c" kind="no"/> } }"#;
        assert_eq!(found(text), ["a", "b", "c"]);
    }

    #[test]
    fn expressions_without_what_they_compare() {
        let text = r#"fn a() { view! {
            <p class=move || if kind.get() == "no" { "a" } else { "b" } title="no">"no"</p>
            <p class=("c", move || kind.get() == "no") aria-label="no"/>
            <p class={match kind { "no" | "no2" => "d", _ => "e" }} class:f-1=open class:g=move || x() id="no"/>
        } }"#;
        assert_eq!(found(text), ["a", "b", "c", "d", "e", "f-1", "g"]);
    }

    #[test]
    fn constants_functions_and_bindings() {
        let text = r#"
            const FIELD: &str = "a b";
            const OTHER: &str = "no";
            const BUTTON_CLASS: &str = "c";
            impl Tone { fn class(self) -> &'static str { match self { Tone::Good => "d", Tone::Bad => "e" } } }
            fn v() { let row_class = if odd { "f" } else { "g" }; let x = "no"; view! { <p class=format!("{FIELD} h {}", tone.class()) id="no"/><i class=FIELD/> } }
            fn w() -> X { div().class("i").id("no") }
        "#;
        assert_eq!(found(text), ["a", "b", "c", "d", "e", "f", "g", "h", "i"]);
    }

    #[test]
    fn places_are_lines() {
        let sources = [Source::new("a.rs".as_ref(), "fn a() {\n  view! { <p class=\"x\"/> }\n}").unwrap()];
        let place = Place { path: "a.rs".as_ref(), line: 2 };
        assert_eq!(classes(&sources)["x"], BTreeSet::from([place]));
    }
}
