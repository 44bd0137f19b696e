//! Drawing a lineage in columns: each node to the right of what it is made from, files that leave the house last.
//!
//! A node's column is the longest way to it. An edge that spans columns is led through each of those between, where it takes a place
//! of its own, so that no line runs behind a box. Columns are then ordered, and what stands in them gets its height.

mod crossings;
mod heights;

use model::transformation::{Lineage, NodeKind};

/// How wide a box is, in units of the picture; a unit is a pixel at the browser's usual size of text.
pub const BOX_WIDTH: i32 = 168;
/// How high a box is.
pub const BOX_HEIGHT: i32 = 92;

/// A drawn lineage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Its width.
    pub width: i32,
    /// Its height.
    pub height: i32,
    /// The boxes, column by column from the left and from the top, which is how they are read.
    pub boxes: Vec<PlacedBox>,
    /// The line of each edge, in the lineage's order, as an SVG path has it.
    pub lines: Vec<String>,
}

/// A box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedBox {
    /// The node, by its place in the lineage.
    pub node: u32,
    /// Its left side.
    pub left: i32,
    /// Its upper side.
    pub top: i32,
}

/// Between two columns, where lines cross over.
const COLUMN_GAP: i32 = 28;
/// The room of a line that passes a column.
const LINE_HEIGHT: i32 = 2;
/// Around everything, so that the mark of the focus is not cut off.
const MARGIN: i32 = 4;
/// How often columns are ordered and moved; small graphs settle after a few.
const ROUNDS: usize = 12;

/// What takes a place in a column: a node, or a line on its way.
struct Item {
    node: Option<usize>,
    column: usize,
    before: Vec<usize>,
    after: Vec<usize>,
    /// Its middle, from above.
    middle: i32,
}

impl Item {
    fn new(node: Option<usize>, column: usize) -> Self {
        Self { node, column, before: Vec::new(), after: Vec::new(), middle: 0 }
    }

    fn height(&self) -> i32 {
        if self.node.is_some() { BOX_HEIGHT } else { LINE_HEIGHT }
    }
}

/// Draws a lineage.
pub fn draw(lineage: &Lineage) -> Drawing {
    let edges: Vec<(usize, usize)> =
        lineage.edges.iter().filter_map(|(from, to)| Some((usize::try_from(*from).ok()?, usize::try_from(*to).ok()?))).collect();
    let columns = columns(lineage, &edges);
    let mut items: Vec<Item> = columns.iter().enumerate().map(|(node, column)| Item::new(Some(node), *column)).collect();
    // The items that each edge runs through, both ends included.
    let ways: Vec<Vec<usize>> = edges.iter().map(|(from, to)| lead(&mut items, *from, *to)).collect();
    let count = columns.iter().max().map_or(0, |last| last + 1);
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (at, item) in items.iter().enumerate() {
        order[item.column].push(at);
    }
    crossings::sort(&items, &mut order);
    heights::place(&mut items, &order);
    shown(&items, &order, &ways)
}

/// The column of each node.
fn columns(lineage: &Lineage, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut columns = vec![0; lineage.nodes.len()];
    // One round for each node reaches the end of the longest way there can be; were there a circle, it would end all the same.
    for _ in 0..lineage.nodes.len() {
        for (from, to) in edges {
            columns[*to] = columns[*to].max((columns[*from] + 1).min(lineage.nodes.len()));
        }
    }
    let last = columns.iter().copied().max().unwrap_or(0);
    for (column, node) in columns.iter_mut().zip(&lineage.nodes) {
        if node.kind == NodeKind::Export {
            *column = last;
        }
    }
    columns
}

/// Leads an edge through the columns between its ends.
fn lead(items: &mut Vec<Item>, from: usize, to: usize) -> Vec<usize> {
    let mut way = vec![from];
    for column in items[from].column + 1..items[to].column {
        items.push(Item::new(None, column));
        way.push(items.len() - 1);
    }
    way.push(to);
    for pair in way.windows(2) {
        items[pair[0]].after.push(pair[1]);
        items[pair[1]].before.push(pair[0]);
    }
    way
}

/// The picture, moved to its corner.
fn shown(items: &[Item], order: &[Vec<usize>], ways: &[Vec<usize>]) -> Drawing {
    let top = items.iter().map(|item| item.middle - item.height() / 2).min().unwrap_or(0);
    let bottom = items.iter().map(|item| item.middle + item.height() / 2).max().unwrap_or(0);
    let left = |column: usize| MARGIN + i32::try_from(column).unwrap_or(0) * (BOX_WIDTH + COLUMN_GAP);
    let middle = |item: &Item| item.middle - top + MARGIN;
    let boxes = order
        .iter()
        .flatten()
        .filter_map(|item| {
            let item = &items[*item];
            let node = u32::try_from(item.node?).ok()?;
            Some(PlacedBox { node, left: left(item.column), top: middle(item) - BOX_HEIGHT / 2 })
        })
        .collect();
    let lines = ways
        .iter()
        .map(|way| {
            let mut path = String::new();
            for pair in way.windows(2) {
                let (from, to) = (&items[pair[0]], &items[pair[1]]);
                let (x, y, end, height) = (left(from.column) + BOX_WIDTH, middle(from), left(to.column), middle(to));
                let half = x + COLUMN_GAP / 2;
                let begin = if path.is_empty() { 'M' } else { 'L' };
                path += &format!("{begin}{x} {y}C{half} {y} {half} {height} {end} {height}");
            }
            path
        })
        .collect();
    let width = order.len().checked_sub(1).map_or(0, |last| left(last) + BOX_WIDTH + MARGIN);
    Drawing { width, height: bottom - top + 2 * MARGIN, boxes, lines }
}

#[cfg(test)]
mod tests {
    use model::transformation::{Freshness, Node};

    use super::heights::ROW_GAP;
    use super::*;

    fn lineage(nodes: &[(&str, NodeKind)], edges: &[(u32, u32)]) -> Lineage {
        let node = |(name, kind): &(&str, NodeKind)| Node {
            name: (*name).to_owned(),
            kind: *kind,
            freshness: Freshness::Current,
            run: None,
            rows: None,
            at: None,
            run_id: None,
            stale_by: Vec::new(),
        };
        Lineage { nodes: nodes.iter().map(node).collect(), edges: edges.to_vec() }
    }

    fn ours() -> Lineage {
        use NodeKind::{Derived, Export, Imported, Setting, Transformation};
        let nodes = [
            ("us_zips", Imported),
            ("gaz_zcta", Imported),
            ("usps_3d", Imported),
            ("ups_zones", Imported),
            ("ups_ground", Imported),
            ("zones", Setting),
            ("zone-transit-days", Transformation),
            ("zip3", Transformation),
            ("delivery-matrix", Transformation),
            ("zone_transit_days", Derived),
            ("demographics", Derived),
            ("centroids", Derived),
            ("matrix", Derived),
            ("accuracy", Derived),
            ("zip3-reference.json", Export),
            ("zone-matrix.json", Export),
        ];
        let edges = [
            (5, 6),
            (6, 9),
            (0, 7),
            (1, 7),
            (7, 10),
            (7, 11),
            (2, 8),
            (3, 8),
            (4, 8),
            (0, 8),
            (9, 8),
            (8, 12),
            (8, 13),
            (10, 14),
            (12, 15),
        ];
        lineage(&nodes, &edges)
    }

    #[test]
    fn everything_stands_right_of_what_it_is_made_from_and_nothing_overlaps() {
        let lineage = ours();
        let drawing = draw(&lineage);
        let place = |node: u32| drawing.boxes.iter().find(|placed| placed.node == node).copied().expect("a box");
        assert_eq!(drawing.boxes.len(), lineage.nodes.len());
        for (from, to) in &lineage.edges {
            assert!(place(*from).left + BOX_WIDTH < place(*to).left, "{from} to {to}");
        }
        for one in &drawing.boxes {
            assert!(one.left >= MARGIN && one.top >= MARGIN - 1, "{one:?}");
            assert!(one.left + BOX_WIDTH + MARGIN <= drawing.width && one.top + BOX_HEIGHT <= drawing.height, "{one:?}");
            for other in drawing.boxes.iter().filter(|other| other.node != one.node && other.left == one.left) {
                assert!((one.top - other.top).abs() >= BOX_HEIGHT + ROW_GAP - 2, "{one:?} and {other:?}");
            }
        }
        assert_eq!(place(14).left, place(15).left, "files that leave stand together");
        assert_eq!(drawing.lines.len(), lineage.edges.len());
    }

    #[test]
    fn boxes_are_read_column_by_column_from_above() {
        let drawing = draw(&ours());
        let places: Vec<(i32, i32)> = drawing.boxes.iter().map(|placed| (placed.left, placed.top)).collect();
        let mut sorted = places.clone();
        sorted.sort_unstable();
        assert_eq!(places, sorted);
    }

    #[test]
    fn lines_that_need_not_cross_do_not() {
        use NodeKind::{Derived, Transformation};
        let crossed = lineage(&[("a", Transformation), ("b", Transformation), ("of b", Derived), ("of a", Derived)], &[(0, 3), (1, 2)]);
        let drawing = draw(&crossed);
        let top = |node: u32| drawing.boxes.iter().find(|placed| placed.node == node).map(|placed| placed.top);
        assert_eq!(top(0) < top(1), top(3) < top(2));
        assert_eq!(
            drawing.lines[0],
            format!("M172 {0}C186 {0} 186 {0} 200 {0}", top(0).expect("a box") + BOX_HEIGHT / 2),
            "it runs straight"
        );
    }

    #[test]
    fn nothing_and_a_circle_are_drawn_as_well() {
        assert_eq!(draw(&Lineage::default()), Drawing { height: 2 * MARGIN, ..Drawing::default() });
        let circle = lineage(&[("a", NodeKind::Derived), ("b", NodeKind::Derived)], &[(0, 1), (1, 0)]);
        assert_eq!(draw(&circle).boxes.len(), 2);
    }
}
