//! `handled audit verify`.

use clap::Args;
use model::audit::Verification;
use platform::permit;
use tokio_util::sync::CancellationToken;

use crate::command::output::{counted, grouped, print, print_json};
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// How it is said.
#[derive(Debug, Args)]
pub struct Verify {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    /// Runs the command; the value is its exit code: 1 where something is wrong.
    ///
    /// # Errors
    /// The databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<u8, Failure> {
        let found = with_platform(settings, "handled audit", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::AuditRead>(caller).await?.verify_audit().await?)
        })
        .await?;
        if self.json {
            print_json(&found)?
        } else {
            print(&text(&found))?
        }
        Ok(if found.is_fine() { 0 } else { 1 })
    }
}

fn text(found: &Verification) -> String {
    let mut text = format!("{} in {}", counted(found.rows, "row", "rows"), counted(found.seals, "seal", "seals"));
    if found.seals_removed > 0 {
        let removed = counted(found.rows_removed, "row", "rows");
        text.push_str(&format!("; {removed} of {} of them removed after the time that they are kept", grouped(found.seals_removed)));
    }
    if found.waiting > 0 {
        text.push_str(&format!("; {} to be sealed", counted(found.waiting, "row", "rows")));
    }
    text.push_str(".\n");
    for problem in &found.problems {
        text.push_str(&problem.sentence());
        text.push('\n');
    }
    let listed = found.problems.len() as u64;
    if found.problems_found > listed {
        text.push_str(&format!("... and {} more\n", grouped(found.problems_found - listed)));
    }
    if let Some(head) = &found.head {
        text.push_str(&format!("The latest seal is {}: {}\n", head.seal, head.hash));
    }
    text.push_str(if found.is_fine() { "Everything is as it was sealed.\n" } else { "The audit is not what it was.\n" });
    text
}

#[cfg(test)]
mod tests {
    use model::audit::{Head, ProblemKind};

    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let head = Some(Head { seal: 9, hash: "ab".to_owned() });
        let mut found =
            Verification { seals: 9, seals_removed: 2, rows: 40, rows_removed: 1200, waiting: 1, head, ..Verification::default() };
        assert_eq!(
            text(&found),
            "40 rows in 9 seals; 1,200 rows of 2 of them removed after the time that they are kept; 1 row to be sealed.\n\
             The latest seal is 9: ab\nEverything is as it was sealed.\n"
        );
        found.found(ProblemKind::MissingSeal, Some(4), None);
        assert!(text(&found).contains("\nSeal 4 is missing.\n") && text(&found).ends_with("The audit is not what it was.\n"));
    }
}
