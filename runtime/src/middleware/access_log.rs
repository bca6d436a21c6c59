//! The access log: a line for each exchange, written by a separate thread.

use std::{
    cell::Cell,
    io::{self, IsTerminal, Write},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::SystemTime,
};

use highball_macros::observer;

use crate::{body::Outcome, const_text::refuse, request::Exchange};

mod json;
mod line;
mod secret;
mod sink;

use secret::Secrets;
use sink::Sink;
pub(crate) use sink::flush;

/// An observer that logs each exchange when it is over.
///
/// A separate thread writes the lines to standard output, or to the function that [`to`](Self::to) sets, so no
/// response waits for its line. If the thread cannot keep up and a mebibyte of lines is queued, further lines are
/// dropped, and the log contains how many. At a shutdown the queued lines are written before `serve` returns, for at
/// most one second.
///
/// Headers are never logged. In the query and in notes, the values of names that sound like secrets (for example
/// `token`, `api_key` and `password`) are written as `***`.
///
/// # Examples
/// ```
/// use highball::{middleware::AccessLog, prelude::*};
///
/// #[get("/")]
/// async fn home(cx: &mut Context<'_>) {
///     cx.note("user", "zoe"); // is logged with the exchange
/// }
///
/// #[routes(app, with(AccessLog::json().skip(&["/health"]).every(10)))]
/// struct Api(home);
/// ```
#[derive(Debug)]
#[must_use]
pub struct AccessLog {
    format: Format,
    every: u32,
    seen: AtomicU32,
    skip: &'static [&'static str],
    secrets: Secrets,
    sink: Sink,
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Line { may_paint: bool },
    Json,
}

impl AccessLog {
    /// Returns a log for people in the format of Gin: the time, status, duration, client, method and target, then notes
    /// and errors.
    ///
    /// ```text
    /// [highball] 2026-11-25T21:44:44.120Z | 200 |     1.23ms | 127.0.0.1       | GET     "/books?page=2" user=zoe
    /// ```
    ///
    /// On a terminal the status has a colour, unless `NO_COLOR` is set.
    pub const fn line() -> Self {
        Self::with_format(Format::Line { may_paint: true })
    }

    /// Returns a log for machines, with a JSON object in each line.
    ///
    /// It has `time`, `method`, `path`, `query`, `route` (the pattern, for grouping), `status`, `ms`, `bytes` (of the
    /// body), `client` (the address) and `outcome`. If there are any, it has `notes`, and `errors` with their `status`,
    /// `detail` and `cause`.
    pub const fn json() -> Self {
        Self::with_format(Format::Json)
    }

    const fn with_format(format: Format) -> Self {
        Self {
            format,
            every: 1,
            seen: AtomicU32::new(0),
            skip: &[],
            secrets: Secrets(&[]),
            sink: Sink::new(to_stdout),
        }
    }

    /// Logs only one exchange out of this many, and every failure: a status of 500 and more, a panic, or a body that
    /// returned an error.
    ///
    /// # Panics
    /// Panics if the number is 0. In `with(..)` that is a compile error.
    pub const fn every(mut self, exchanges: u32) -> Self {
        if exchanges == 0 {
            refuse(
                "every(0)",
                "logs nothing: leave the log out, or take at least 1",
            );
        }
        self.every = exchanges;
        self
    }

    /// Leaves out exchanges of these paths, except failures.
    pub const fn skip(mut self, paths: &'static [&'static str]) -> Self {
        self.skip = paths;
        self
    }

    /// Also masks the values of these names in the query and in notes. Upper and lower case are the same.
    pub const fn mask(mut self, names: &'static [&'static str]) -> Self {
        self.secrets = Secrets(names);
        self
    }

    /// Writes with this function instead of to standard output. It gets one or more whole lines. It runs on the thread
    /// of the log, so it may block.
    pub const fn to(mut self, write: fn(&[u8])) -> Self {
        self.sink.write = write;
        if let Format::Line { may_paint } = &mut self.format {
            *may_paint = false;
        }
        self
    }

    /// Returns whether the exchange is logged.
    fn includes(&self, exchange: &Exchange<'_>) -> bool {
        let failed = matches!(exchange.outcome(), Outcome::Failed | Outcome::Panicked);
        if failed
            || exchange
                .status()
                .is_some_and(|status| status.is_server_error())
        {
            return true;
        }
        !self.skip.contains(&exchange.path())
            && (self.every == 1 || self.seen.fetch_add(1, Relaxed).is_multiple_of(self.every))
    }
}

#[observer(crate = crate)]
impl AccessLog {
    fn log(&'static self, exchange: &Exchange<'_>) {
        if !self.includes(exchange) {
            return;
        }
        let mut text = SCRATCH.take();
        text.clear();
        let now = SystemTime::now();
        let written = match self.format {
            Format::Json => json::write(&mut text, exchange, &self.secrets, now),
            Format::Line { may_paint } => {
                let paints = may_paint && paints();
                line::write(&mut text, exchange, &self.secrets, now, paints)
            }
        };
        text.push(b'\n');
        // Writing into memory cannot fail.
        debug_assert!(written.is_ok());
        if self.sink.push(&text) {
            exchange.mark_logged();
        }
        SCRATCH.set(text);
    }
}

thread_local! {
    /// The buffer in which a line is composed, which is reused.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

fn to_stdout(lines: &[u8]) {
    // An error means that standard output is closed.
    let _ = io::stdout()
        .write_all(lines)
        .and_then(|()| io::stdout().flush());
}

fn paints() -> bool {
    static PAINTS: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    *PAINTS.get_or_init(|| {
        io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty())
    })
}
