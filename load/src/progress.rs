//! The progress of a run, on the terminal.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::record::Record;
use crate::text::{format_millis, group_thousands};

/// A progress bar with the figures of the last second. It is hidden if there is no terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: Instant,
}

impl Progress {
    pub(crate) fn new(quiet: bool, duration: Duration) -> Self {
        let bar = if quiet {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
        };
        // The template is constant, so this cannot fail at run time.
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}") {
            bar.set_style(style);
        }
        let started = Instant::now();
        Self {
            bar,
            started,
            shown: started,
        }
    }

    /// Shows the results since the last call.
    pub(crate) fn show(&mut self, record: &Record) {
        // The interval is measured, because the caller does not call this exactly once per second.
        let seconds = self.shown.elapsed().as_secs_f64();
        self.shown = Instant::now();
        let elapsed = self.started.elapsed().as_millis();
        self.bar
            .set_position(u64::try_from(elapsed).unwrap_or(u64::MAX));
        let at = |part| format_millis(record.latency_at(part));
        self.bar.set_message(format!(
            "{}/s  p50 {}  p99 {}  max {}  failed {}",
            group_thousands((record.responses() as f64 / seconds.max(0.001)) as u64),
            at(0.5),
            at(0.99),
            at(1.0),
            group_thousands(record.failed()),
        ));
    }

    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
