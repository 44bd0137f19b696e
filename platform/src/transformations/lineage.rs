//! The lineage: imported tables, what people set, transformations, derived tables and exports, and what is made from what.

use model::Error;
use model::integration::CONTRACTS;
use model::transformation::{Freshness, Lineage, Node, NodeKind};

use super::known::Known;
use super::{ALL, Standing, ZONE_DAYS, derived_relations, zone_days};
use crate::authorization::{Authorized, permit};
use crate::exports::exports;

fn node(name: &str, kind: NodeKind, freshness: Freshness) -> Node {
    Node { name: name.to_owned(), kind, freshness, run: None, rows: None, at: None, run_id: None, stale_by: Vec::new() }
}

fn table(standing: &Standing, name: &str, kind: NodeKind) -> Node {
    let Some(relation) = standing.relation(name) else { return node(name, kind, Freshness::Waiting) };
    let freshness = match (relation.run_id.is_some(), relation.is_stale()) {
        (false, _) => Freshness::Waiting,
        (true, true) => Freshness::Stale,
        (true, false) => Freshness::Current,
    };
    Node {
        rows: Some(relation.rows),
        at: relation.published_at,
        run_id: relation.run_id.clone(),
        stale_by: relation.stale_by.clone(),
        ..node(name, kind, freshness)
    }
}

impl Authorized<permit::TransformationsRead> {
    /// How files become answers, and how each step stands.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a database does not answer.
    pub async fn lineage(&self) -> Result<Lineage, Error> {
        Ok(self.known().await?.lineage())
    }
}

impl Known {
    /// Every table, transformation and export, and what is made from what.
    pub(super) fn lineage(&self) -> Lineage {
        let Self { standing, exported, .. } = self;
        let mut nodes: Vec<Node> = CONTRACTS.iter().map(|contract| table(standing, contract.relation, NodeKind::Imported)).collect();
        nodes.push(node(ZONE_DAYS, NodeKind::Setting, Freshness::Current));
        for transformation in ALL {
            nodes.push(Node {
                run: self.latest_of(transformation.name).cloned(),
                stale_by: standing.causes(transformation),
                ..node(transformation.name, NodeKind::Transformation, standing.freshness(transformation))
            });
        }
        nodes.extend(derived_relations().map(|relation| table(standing, relation, NodeKind::Derived)));
        for export in exports() {
            let (freshness, stale_by) = export.stands(standing);
            let run = exported.iter().find(|run| run.subject.as_deref() == Some(export.name)).cloned();
            nodes.push(Node {
                at: run.as_ref().map(|run| run.started_at),
                run,
                stale_by,
                ..node(export.name, NodeKind::Export, freshness)
            });
        }

        let place = |name: &str| nodes.iter().position(|node| node.name == name).and_then(|place| u32::try_from(place).ok());
        let mut edges: Vec<(u32, u32)> = Vec::new();
        let mut edge = |from: &str, to: &str| edges.extend(place(from).zip(place(to)));
        edge(ZONE_DAYS, zone_days::TRANSFORMATION.name);
        for transformation in ALL {
            for source in transformation.sources() {
                edge(source, transformation.name);
            }
            for derived in transformation.targets {
                edge(transformation.name, derived.target.relation);
            }
        }
        for export in exports() {
            for source in export.sources {
                edge(source, export.name);
            }
        }
        Lineage { nodes, edges }
    }
}
