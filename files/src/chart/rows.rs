//! The rows of a chart in the contract's order: those below its header, and those that its grid makes.

use csv::ByteRecord;
use model::Zip3;

use super::grid::{self, Zones};
use super::header::{Header, Places};
use super::values::{destinations, is_destination, is_zip, is_zone, unmarked, zone};
use crate::refusal::Damage;
use crate::row::{Row, Rows};

/// The longest heading of a block, which may take several rows.
const HEADING_BYTES: usize = 4_096;

/// Where in a chart reading is.
enum Place {
    /// In the rows of destinations.
    Chart,
    /// Among footnotes: rows of text.
    Notes,
    /// In a block of ZIPs that have these zones.
    Grid(Zones),
}

/// The rows of a chart.
pub(super) struct ChartRows {
    rows: Box<dyn Rows>,
    origins: Vec<Zip3>,
    places: Places,
    /// The header's row.
    header: u64,
    place: Place,
    /// Whether a row of destinations was met: a text above the first one is none that ends them.
    begun: bool,
    /// The text of the rows that may be a block's heading.
    heading: String,
    row: Row,
    /// What the row stands for: these destinations, each from each origin, and their zones.
    destinations: Vec<String>,
    zones: Zones,
    /// How many of these rows have been given out.
    given: usize,
}

impl ChartRows {
    pub(super) fn new(rows: Box<dyn Rows>, origins: Vec<Zip3>, places: Places, header: u64) -> Self {
        Self {
            rows,
            origins,
            places,
            header,
            place: Place::Chart,
            begun: false,
            heading: String::new(),
            row: Row::default(),
            destinations: Vec::new(),
            zones: Zones::default(),
            given: 0,
        }
    }

    /// Reads rows until one stands for any of the chart's.
    fn advance(&mut self) -> Result<bool, Damage> {
        self.given = 0;
        self.destinations.clear();
        while self.rows.read(&mut self.row)? {
            if self.row.line > self.header && self.take()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes the row for what it is. Answers whether it stands for rows of the chart.
    fn take(&mut self) -> Result<bool, Damage> {
        if self.is_in_chart() {
            let Self { row, places, zones, .. } = self;
            for (into, place) in zones.iter_mut().zip(&places[1..]) {
                into.clear();
                into.push_str(zone(text(&row.fields, *place)));
            }
            destinations(text(&self.row.fields, self.places[0]), &mut self.destinations);
            self.place = Place::Chart;
            self.begun = true;
            return Ok(true);
        }
        let filled = || (0..self.row.fields.len()).map(|place| text(&self.row.fields, place)).filter(|field| !field.is_empty());
        if filled().next().is_none() {
            return Ok(false);
        }
        // In a block, a row of numbers is one of ZIPs even if none of them is whole.
        let is_block = matches!(self.place, Place::Grid(_)) && filled().all(is_destination);
        if is_block || filled().any(is_zip) {
            let Place::Grid(zones) = &self.place else {
                return Err(Damage::Damaged(format!(
                    "holds ZIPs in row {} under a heading that does not say their zones; they cannot be left out, as they are the only source for their states. Download the chart again, or write the zones into the row above as the others have them.",
                    self.row.line
                )));
            };
            self.zones.clone_from(zones);
            // Where a block names no zone, there is no service.
            for zone in self.zones.iter_mut().filter(|zone| zone.is_empty()) {
                zone.push('-');
            }
            self.destinations = filled().map(|field| unmarked(field).to_owned()).collect();
            self.heading.clear();
            return Ok(true);
        }
        // A text. One in a row of its own may be a heading, or go on with the one above.
        let starts = filled().next().is_some_and(|field| field.starts_with('['));
        if starts || self.heading.len() > HEADING_BYTES || Header::read(&self.row.fields).is_some() {
            self.heading.clear();
        }
        for field in (0..self.row.fields.len()).map(|place| text(&self.row.fields, place)).take(16) {
            self.heading.push_str(field);
            self.heading.push(' ');
        }
        self.place = match grid::zones(&self.heading) {
            Some(zones) => Place::Grid(zones),
            None if self.begun => Place::Notes,
            None => Place::Chart,
        };
        Ok(false)
    }

    /// Whether the row is one of destination and zones, if need be a faulty one, which is for the checks to reject and not to be
    /// passed over.
    fn is_in_chart(&self) -> bool {
        let fields = &self.row.fields;
        let is_known = is_destination(text(fields, self.places[0]));
        let services = || self.places[1..].iter().map(|place| text(fields, *place));
        let filled = services().filter(|field| !field.is_empty()).count();
        let zones = services().filter(|field| !field.is_empty() && is_zone(field)).count();
        match self.place {
            // A row without any zone is one as well: no service at all. But ZIPs side by side are not zones.
            Place::Chart => (is_known && (zones > 0 || filled == 0 || !services().any(is_zip))) || zones > 1,
            // Footnotes may stand between rows, as where a chart was printed in pages.
            Place::Notes | Place::Grid(_) => (is_known && zones > 0 || zones > 1) && filled == zones,
        }
    }
}

fn text(fields: &ByteRecord, place: usize) -> &str {
    fields.get(place).and_then(|field| std::str::from_utf8(field).ok()).unwrap_or_default().trim()
}

impl Rows for ChartRows {
    fn read(&mut self, row: &mut Row) -> Result<bool, Damage> {
        let all = self.destinations.len() * self.origins.len();
        if self.given >= all && !self.advance()? {
            return Ok(false);
        }
        let (destination, origin) = (self.given / self.origins.len(), self.given % self.origins.len());
        self.given += 1;
        row.line = self.row.line;
        row.fields.clear();
        row.fields.push_field(self.origins[origin].as_str().as_bytes());
        row.fields.push_field(self.destinations[destination].as_bytes());
        for zone in &self.zones {
            row.fields.push_field(zone.as_bytes());
        }
        Ok(true)
    }

    fn bytes_read(&self) -> u64 {
        self.rows.bytes_read()
    }
}
