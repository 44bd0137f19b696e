//! Chooses, out of the inputs that libFuzzer has looked at, the few that together reach the most code: the committed corpus is
//! small. `cargo run --package fuzz --example choose CONTROL_FILE` reads what `-merge_control_file` wrote and prints their paths.

use std::collections::HashSet;
use std::io::{Error, Result};

/// The most inputs of a target: all of them make no more than 300.
const MOST_FILES: usize = 36;
/// The most bytes of a target's inputs.
const MOST_BYTES: usize = 170_000;

/// An input, and the places in the code that it reaches.
#[derive(Debug, Default)]
struct Input {
    path: String,
    bytes: usize,
    places: HashSet<u32>,
}

/// The inputs of a control file: how many there are, how many of these were there before, a path on each line, and then `STARTED
/// input bytes` and `FT input place...` for each.
fn inputs(text: &str) -> Option<Vec<Input>> {
    let mut lines = text.lines();
    let count: usize = lines.next()?.parse().ok()?;
    lines.next()?;
    let mut inputs: Vec<Input> = lines.by_ref().take(count).map(|path| Input { path: path.to_owned(), ..Input::default() }).collect();
    for line in lines {
        let mut words = line.split(' ');
        let what = words.next()?;
        let input = inputs.get_mut(words.next()?.parse::<usize>().ok()?)?;
        match what {
            "STARTED" => input.bytes = words.next()?.parse().ok()?,
            "FT" => input.places = words.filter_map(|word| word.parse().ok()).collect(),
            _ => {}
        }
    }
    Some(inputs)
}

fn main() -> Result<()> {
    let path = std::env::args_os().nth(1).ok_or_else(|| Error::other("which control file?"))?;
    let mut left = inputs(&std::fs::read_to_string(path)?).ok_or_else(|| Error::other("this is no control file of a merge"))?;
    let (mut reached, mut bytes) = (HashSet::new(), 0);
    for _ in 0..MOST_FILES {
        left.retain(|input| bytes + input.bytes <= MOST_BYTES);
        // Of two that reach about as much the smaller, but not a small one that reaches little.
        let worth = |input: &Input| input.places.difference(&reached).count() * 1_000_000 / (input.bytes + 20_000);
        let Some(best) = (0..left.len()).max_by_key(|at| worth(&left[*at])).filter(|best| worth(&left[*best]) > 0) else { break };
        let chosen = left.swap_remove(best);
        println!("{}", chosen.path);
        bytes += chosen.bytes;
        reached.extend(chosen.places);
    }
    eprintln!("{bytes} bytes reach {} places", reached.len());
    Ok(())
}
