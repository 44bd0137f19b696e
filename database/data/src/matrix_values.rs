//! Every value of the delivery matrix, in the order of its key. The view would make the same rows several times slower: here its rows of
//! bytes are read and taken apart.

use async_stream::try_stream;
use bytes::Bytes;
use futures::stream::BoxStream;
use model::RunId;
use model::matrix::delivery_score;

use crate::browse::BrowsedRow;
use crate::{DataTransaction, Fields};

/// Areas that codes can name.
const AREAS: usize = 1000;
const MEASURED: &str = "measured";

/// An origin's days of a service to every area.
struct Service {
    origin: String,
    carrier: String,
    service: String,
    source: String,
    days: Bytes,
    zones: Option<Bytes>,
    measured: Option<Bytes>,
}

fn broken(_: impl std::error::Error) -> sqlx::Error {
    sqlx::Error::Protocol("a row of the delivery matrix is no text where it must be".to_owned())
}

impl Service {
    fn read(mut fields: Fields) -> Result<Self, sqlx::Error> {
        let mut text = || String::from_utf8(fields.bytes()?.unwrap_or_default().to_vec()).map_err(broken);
        let (origin, carrier, service, source) = (text()?, text()?, text()?, text()?);
        let days = fields.bytes()?.unwrap_or_default();
        Ok(Self { origin, carrier, service, source, days, zones: fields.bytes()?, measured: fields.bytes()? })
    }

    /// The row of a destination, as the view shows it; none where the service does not go there.
    fn to(&self, area: usize, run: Option<&RunId>) -> Option<BrowsedRow> {
        let days = self.days.get(area).copied().unwrap_or_default();
        let zone = self
            .zones
            .as_ref()
            .and_then(|zones| zones.get(2 * area..2 * area + 2))
            .map_or(0, |zone| u16::from_be_bytes([zone[0], zone[1]]));
        if days == 0 && zone == 0 {
            return None;
        }
        let is_measured = self.measured.as_ref().is_some_and(|measured| measured.get(area) == Some(&1));
        let known = |text: String| (days > 0).then_some(text);
        let cells = vec![
            Some(self.origin.clone()),
            Some(format!("{area:03}")),
            Some(self.carrier.clone()),
            Some(self.service.clone()),
            known(days.to_string()),
            (zone > 0).then(|| format!("{zone:03}")),
            known(delivery_score(days).to_string()),
            known(if is_measured { MEASURED.to_owned() } else { self.source.clone() }),
        ];
        Some((cells, run.cloned()))
    }
}

impl DataTransaction {
    /// All values of the published delivery matrix by origin, destination, carrier and service, as a stream: the transaction goes with it.
    pub(crate) fn matrix_values(self) -> BoxStream<'static, Result<BrowsedRow, sqlx::Error>> {
        Box::pin(try_stream! {
            let mut transaction = self;
            let live = transaction.live().await?.into_iter().find(|live| live.relation == "reference.delivery_matrix");
            let run = live.and_then(|live| live.run_id);
            {
                let mut rows = transaction.ordered_matrix().await?;
                let mut services: Vec<Service> = Vec::new();
                loop {
                    let next = rows.next().await?.map(Service::read).transpose()?;
                    // Services are in order and none comes back, so an origin is whole when the next one begins.
                    let goes_on = matches!((services.first(), &next), (Some(first), Some(next)) if first.origin == next.origin);
                    if !goes_on {
                        for area in 0..AREAS {
                            for service in &services {
                                if let Some(row) = service.to(area, run.as_ref()) {
                                    yield row;
                                }
                            }
                        }
                        services.clear();
                    }
                    match next {
                        Some(next) => services.push(next),
                        None => break,
                    }
                }
            }
            transaction.commit().await?;
        })
    }

    async fn ordered_matrix(&mut self) -> Result<crate::BinaryRows<'_>, sqlx::Error> {
        self.copy_out(
            "SELECT origin, carrier, service, source, days, zones, measured FROM reference.delivery_matrix_rows
             ORDER BY origin, carrier, service",
        )
        .await
    }
}
