//! `handled audit list`.

use chrono::{DateTime, Utc};
use clap::Args;
use model::audit::{self, AuditQuery, AuditRecord};
use model::list::PAGE_SIZE;
use platform::permit;
use tokio_util::sync::CancellationToken;

use crate::command::output::{grouped, print, print_json};
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Which rows.
#[derive(Debug, Args)]
pub struct List {
    /// Only of this person: a user's identifier, or a part of an e-mail address or of system:<OS user>.
    #[arg(long)]
    person: Option<String>,
    /// Only about this kind of thing: user, role, session, run, audit.
    #[arg(long)]
    resource: Option<String>,
    /// Only about this thing.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Only this action: sign-in, edit, permission-denied.
    #[arg(long)]
    action: Option<String>,
    /// Only from then on: a day, or a day with a time in UTC (2026-11-20T13:30).
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<DateTime<Utc>>,
    /// Only up to then; a day is meant to its end.
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Option<DateTime<Utc>>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

const TIMES: &str = "it takes a day (2026-11-20) or a day with a time in UTC (2026-11-20T13:30)";

fn since(text: &str) -> Result<DateTime<Utc>, String> {
    audit::since(text).ok_or_else(|| TIMES.to_owned())
}

fn until(text: &str) -> Result<DateTime<Utc>, String> {
    audit::until(text).ok_or_else(|| TIMES.to_owned())
}

impl List {
    /// Runs the command.
    ///
    /// # Errors
    /// The databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let (rows, total, more) = with_platform(settings, "handled audit", stop, async |platform, caller| {
            let permit = platform.authorize::<permit::AuditRead>(caller).await?;
            let (mut rows, mut total, mut more) = (Vec::new(), 0, false);
            for page in 1..=self.limit.div_ceil(PAGE_SIZE).clamp(1, audit::PAGES_MAX) {
                let found = permit.audit(&self.query(page)).await?;
                let last = page >= found.page.pages();
                (total, more) = (found.page.total, found.more);
                rows.extend(found.page.rows);
                if last {
                    break;
                }
            }
            Ok((rows, total, more))
        })
        .await?;
        let shown: Vec<&AuditRecord> = rows.iter().take(usize::try_from(self.limit).unwrap_or(usize::MAX)).collect();
        if self.json { print_json(&shown) } else { print(&table(&shown, total, more)) }
    }

    fn query(&self, page: u32) -> AuditQuery {
        AuditQuery {
            person: self.person.clone(),
            resource: self.resource.clone(),
            resource_id: self.id.clone(),
            action: self.action.clone(),
            since: self.since,
            until: self.until,
            page,
        }
    }
}

fn table(rows: &[&AuditRecord], total: u64, more: bool) -> String {
    if rows.is_empty() {
        return "There are no such rows.\n".to_owned();
    }
    let mut text = format!("{:>8}  {:<19}  {:<30}  {:<20}  {:<15}  WHAT\n", "ROW", "WHEN (UTC)", "WHO", "ACTION", "FROM");
    for row in rows {
        let who = match &row.on_behalf_of {
            Some(other) => format!("{} as {other}", row.actor),
            None => row.actor.clone(),
        };
        let what = row.resource_id.as_ref().map_or_else(|| row.resource.clone(), |id| format!("{} {id}", row.resource));
        text.push_str(&format!(
            "{:>8}  {:<19}  {who:<30}  {:<20}  {:<15}  {what}\n",
            row.id,
            row.at.format("%Y-%m-%d %H:%M:%S").to_string(),
            row.action,
            row.address.as_deref().unwrap_or("-"),
        ));
    }
    if more || total > rows.len() as u64 {
        let at_least = if more { "more than " } else { "" };
        text.push_str(&format!("... {at_least}{} altogether; --limit shows more, --since and --until others\n", grouped(total)));
    }
    text
}
