//! The height of things: as near to what they are joined to as those above and below them allow.

use super::{Item, ROUNDS};

/// Between two boxes of a column.
pub(super) const ROW_GAP: i32 = 12;

/// Gives everything its height: as near to what it is joined to as those above and below it allow.
pub(super) fn place(items: &mut [Item], order: &[Vec<usize>]) {
    for column in order {
        let mut top = 0;
        for item in column {
            items[*item].middle = top + items[*item].height() / 2;
            top += items[*item].height() + ROW_GAP;
        }
    }
    for round in 0..2 * ROUNDS {
        let forward = round % 2 == 0;
        let mut columns: Vec<&Vec<usize>> = order.iter().collect();
        if !forward {
            columns.reverse();
        }
        for column in columns {
            let wanted: Vec<i32> = column
                .iter()
                .map(|item| {
                    let Item { before, after, middle, .. } = &items[*item];
                    let joined = if before.is_empty() || (!forward && !after.is_empty()) { after } else { before };
                    let sum: i32 = joined.iter().map(|other| items[*other].middle).sum();
                    i32::try_from(joined.len()).ok().and_then(|count| sum.checked_div(count)).unwrap_or(*middle)
                })
                .collect();
            for (item, middle) in column.iter().zip(keep_apart(items, column, &wanted)) {
                items[*item].middle = middle;
            }
        }
    }
}

/// The places nearest to those wanted at which nothing of a column overlaps, in its order: things that would are moved together, around
/// the mean of what they want.
fn keep_apart(items: &[Item], column: &[usize], wanted: &[i32]) -> Vec<i32> {
    // How far below the first each has to be at least.
    let mut offsets = vec![0];
    for pair in column.windows(2) {
        let apart = (items[pair[0]].height() + items[pair[1]].height()) / 2 + ROW_GAP;
        offsets.push(offsets.last().copied().unwrap_or(0) + apart);
    }
    // Groups of neighbours that have met: the sum of where each would begin, and how many they are.
    let mut groups: Vec<(i32, i32)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        groups.push((wanted - offset, 1));
        while let [.., (before, count), (sum, more)] = groups.as_slice()
            && before * more > sum * count
        {
            let met = (before + sum, count + more);
            groups.truncate(groups.len() - 2);
            groups.push(met);
        }
    }
    let begins = groups.into_iter().flat_map(|(sum, count)| (0..count).map(move |_| sum / count));
    begins.zip(offsets).map(|(begin, offset)| begin + offset).collect()
}
