//! The order of things within their columns: few lines are to cross.
//!
//! Each goes to the mean place of what it is joined to (the barycentre), in one direction and then in the other. That need not make
//! fewer lines cross, so the best order that was met is taken.

use super::{Item, ROUNDS};

/// Orders each column so that few lines cross.
pub(super) fn sort(items: &[Item], order: &mut Vec<Vec<usize>>) {
    let mut best = order.clone();
    let mut fewest = crossings(items, &best);
    for round in 0..ROUNDS {
        let forward = round % 2 == 0;
        let mut columns: Vec<usize> = (0..order.len()).collect();
        if !forward {
            columns.reverse();
        }
        let mut places = places(items.len(), order);
        for column in columns {
            let mean = |item: &usize| {
                let joined = if forward { &items[*item].before } else { &items[*item].after };
                let sum: usize = joined.iter().map(|other| places[*other]).sum();
                // In thousandths; what is joined to nothing stays where it is.
                if joined.is_empty() { places[*item] * 1_000 } else { sum * 1_000 / joined.len() }
            };
            order[column].sort_by_key(mean);
            for (place, item) in order[column].iter().enumerate() {
                places[*item] = place;
            }
        }
        let crossing = crossings(items, order);
        if crossing < fewest {
            (fewest, best) = (crossing, order.clone());
        }
    }
    *order = best;
}

/// The place of each item in its column.
fn places(count: usize, order: &[Vec<usize>]) -> Vec<usize> {
    let mut places = vec![0; count];
    for column in order {
        for (place, item) in column.iter().enumerate() {
            places[*item] = place;
        }
    }
    places
}

/// How many pairs of lines cross.
fn crossings(items: &[Item], order: &[Vec<usize>]) -> usize {
    let places = places(items.len(), order);
    let lines = |column: &Vec<usize>| -> Vec<(usize, usize)> {
        column.iter().flat_map(|from| items[*from].after.iter().map(|to| (places[*from], places[*to]))).collect()
    };
    let cross = |lines: Vec<(usize, usize)>| {
        lines
            .iter()
            .enumerate()
            .flat_map(|(at, one)| lines[at + 1..].iter().map(move |other| (one, other)))
            .filter(|(one, other)| (one.0 < other.0 && one.1 > other.1) || (one.0 > other.0 && one.1 < other.1))
            .count()
    };
    order.iter().map(|column| cross(lines(column))).sum()
}
