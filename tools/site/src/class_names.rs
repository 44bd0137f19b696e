//! Checks that every class written in `app` yields CSS.
//!
//! A misspelt utility fails silently: the page only looks wrong. So the Rust sources are read for classes, and each must be
//! in a selector of the style sheet that Tailwind makes of the same sources.

mod scan;

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::files;
use crate::selectors;
use crate::stylesheet;
use crate::workspace::Workspace;

/// Classes that are there for scripts or tests and have no look. Better none: tests find elements by role and name.
const WITHOUT_LOOK: [&str; 0] = [];

/// Prints each class that does nothing with its places.
///
/// # Errors
/// Classes that do nothing, and sources or style sheets that cannot be read or made.
pub fn check(workspace: &Workspace) -> Result<(), Error> {
    // Refuses an input that scans the whole project, where a class could pass because some document mentions it.
    stylesheet::inputs(workspace)?;
    let css = stylesheet::make(workspace, &workspace.front.join("classes.css"), false)?;
    let known = selectors::classes(&String::from_utf8_lossy(&css));

    let mut sources = Vec::new();
    let paths = files::below(&workspace.root.join("app/src"))?;
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        sources.push(scan::Source::new(path, &files::read_text(path)?)?);
    }
    let used = scan::classes(&sources);
    let useless = useless(&used, &known);
    for (class, places) in &useless {
        let places: Vec<String> = places
            .iter()
            .map(|place| format!("{}:{}", place.path.strip_prefix(&workspace.root).unwrap_or(place.path).display(), place.line))
            .collect();
        eprintln!("no CSS for the class `{class}`: {}", places.join(", "));
    }
    if useless.is_empty() {
        println!("All {} classes used in app/src yield CSS.", used.len());
        Ok(())
    } else {
        Err(Error::UselessClasses(useless.len()))
    }
}

type Used<'a> = BTreeMap<String, BTreeSet<scan::Place<'a>>>;

fn useless<'a, 'b>(used: &'b Used<'a>, known: &BTreeSet<String>) -> Vec<(&'b String, &'b BTreeSet<scan::Place<'a>>)> {
    used.iter().filter(|(class, _)| !known.contains(*class) && !WITHOUT_LOOK.contains(&class.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_class_is_found() {
        let source = scan::Source::new("a.rs".as_ref(), "fn a() { view! { <p class=\"flex itmes-center\"></p> } }").unwrap();
        let sources = [source];
        let used = scan::classes(&sources);
        let known = selectors::classes(".flex{display:flex}.items-center{}");
        let found: Vec<&str> = useless(&used, &known).into_iter().map(|(class, _)| class.as_str()).collect();
        assert_eq!(found, ["itmes-center"]);
    }
}
