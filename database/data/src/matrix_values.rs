//! Every value of the delivery matrix, in the order of its key. The view would make the same rows several times slower: here its rows of
//! bytes are read and taken apart.

use async_stream::try_stream;
use futures::stream::BoxStream;
use model::RunId;
use model::matrix::{DaysSource, delivery_score};

use crate::browse::BrowsedRow;
use crate::matrix::{AREAS, MatrixRow};
use crate::{BinaryRows, DataTransaction, Fields};

/// An origin's days of a service to every area.
struct Service {
    row: MatrixRow,
    /// Where those days come from that were not measured.
    source: String,
}

fn broken(_: impl std::error::Error) -> sqlx::Error {
    sqlx::Error::Protocol("a row of the delivery matrix is no text where it must be".to_owned())
}

impl Service {
    fn read(mut fields: Fields) -> Result<Self, sqlx::Error> {
        let mut text = || String::from_utf8(fields.bytes()?.unwrap_or_default().to_vec()).map_err(broken);
        let (origin, carrier, service, source) = (text()?, text()?, text()?, text()?);
        let days = fields.bytes()?.unwrap_or_default();
        Ok(Self { row: MatrixRow { origin, carrier, service, days, zones: fields.bytes()?, measured: fields.bytes()? }, source })
    }

    /// The row of a destination, as the view shows it; none where the service does not go there.
    fn to(&self, area: usize, run: Option<&RunId>) -> Option<BrowsedRow> {
        let value = self.row.value(area);
        if !value.exists() {
            return None;
        }
        let known = |text: String| (value.days > 0).then_some(text);
        let cells = vec![
            Some(self.row.origin.clone()),
            Some(format!("{area:03}")),
            Some(self.row.carrier.clone()),
            Some(self.row.service.clone()),
            known(value.days.to_string()),
            (value.zone > 0).then(|| format!("{:03}", value.zone)),
            known(delivery_score(value.days).to_string()),
            known(if value.measured { DaysSource::Measured.name().to_owned() } else { self.source.clone() }),
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
                    let goes_on = matches!((services.first(), &next), (Some(first), Some(next)) if first.row.origin == next.row.origin);
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

    async fn ordered_matrix(&mut self) -> Result<BinaryRows<'_>, sqlx::Error> {
        self.copy_out(
            "SELECT origin, carrier, service, source, days, zones, measured FROM reference.delivery_matrix_rows
             ORDER BY origin, carrier, service",
        )
        .await
    }
}
