//! How far something is, for somebody who watches: one line on standard error, written anew every second. Nothing where standard error is
//! no terminal.

use std::convert::Infallible;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// How often.
const PERIOD: Duration = Duration::from_secs(1);

/// Does the work, and shows how far it is until it is done. `told` answers that as a text, or nothing where it is not known now.
pub async fn watched<T>(work: impl Future<Output = T>, told: impl AsyncFnMut() -> Option<String>) -> T {
    tokio::select! {
        done = work => done,
        never = show(told) => match never {},
    }
}

async fn show(mut told: impl AsyncFnMut() -> Option<String>) -> Infallible {
    if !std::io::stderr().is_terminal() {
        return std::future::pending().await;
    }
    let mut line = Line { shown: false };
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Some(text) = told().await {
            line.write(&text);
        }
    }
}

/// The line on the terminal, wiped away in the end.
struct Line {
    shown: bool,
}

impl Line {
    fn write(&mut self, text: &str) {
        self.shown = true;
        // A terminal that is gone does not stop the work.
        _ = write!(std::io::stderr(), "\r\u{1b}[K{text}");
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.shown {
            _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}
