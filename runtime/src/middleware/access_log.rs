//! A line of the log for each exchange, written by a thread of its own.

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

/// Logs each exchange when it is over: an observer, so that no answer waits for its line.
///
/// Lines go to standard output, or where [`to`](Self::to) says, by a thread that writes all that
/// have come meanwhile at once. Where it cannot keep up, and a mebibyte of lines waits, further ones
/// are counted and left out; how many is said in the log. What is left when the server stops is written
/// before `serve` returns, or given up after a second.
///
/// Headers are never logged. In the query and among the notes, values of names that sound like secrets
/// (`token`, `api_key`, `password` and the like) are written as `***`.
///
/// # Examples
/// ```
/// use highball::{middleware::AccessLog, prelude::*};
///
/// #[get("/")]
/// async fn home(cx: &mut Context<'_>) {
///     cx.note("user", "zoe"); // stands in the line
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
    /// Makes a log for people, in the form of Gin's: time, status, duration, client, method, target,
    /// and behind them the notes and what went wrong.
    ///
    /// ```text
    /// [highball] 2026-11-25T21:44:44.120Z | 200 |     1.23ms | 127.0.0.1       | GET     "/books?page=2" user=zoe
    /// ```
    ///
    /// On a terminal the status has a colour, unless `NO_COLOR` is set.
    pub const fn line() -> Self {
        Self::of(Format::Line { may_paint: true })
    }

    /// Makes a log for machines: an object of JSON in each line.
    ///
    /// It has `time`, `method`, `path`, `query`, `route` (the pattern, which is what to group by),
    /// `status`, `ms`, `bytes` (of the body), `client` (its address) and `outcome`, and where there are any `notes`
    /// and `errors`, each with its `status`, `detail` and `cause`.
    pub const fn json() -> Self {
        Self::of(Format::Json)
    }

    const fn of(format: Format) -> Self {
        Self {
            format,
            every: 1,
            seen: AtomicU32::new(0),
            skip: &[],
            secrets: Secrets(&[]),
            sink: Sink::new(to_stdout),
        }
    }

    /// Logs one exchange of so many, and each that went wrong: a status of 500 and more, a panic, or
    /// an answer whose body failed.
    ///
    /// # Panics
    /// Of none; where the log stands in `with(..)` that is a compile error.
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

    /// Leaves out these paths, unless something went wrong.
    pub const fn skip(mut self, paths: &'static [&'static str]) -> Self {
        self.skip = paths;
        self
    }

    /// Masks the values of these names in the query and among the notes, too, in any case.
    pub const fn mask(mut self, names: &'static [&'static str]) -> Self {
        self.secrets = Secrets(names);
        self
    }

    /// Hands the lines to this function in place of standard output: whole lines, one or many at once,
    /// on the log's own thread, which it may block.
    pub const fn to(mut self, write: fn(&[u8])) -> Self {
        self.sink.write = write;
        if let Format::Line { may_paint } = &mut self.format {
            *may_paint = false;
        }
        self
    }

    /// Returns whether the exchange is to be logged.
    fn wants(&self, exchange: &Exchange<'_>) -> bool {
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
        if !self.wants(exchange) {
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
        // Memory takes whatever is written.
        debug_assert!(written.is_ok());
        if self.sink.push(&text) {
            exchange.mark_logged();
        }
        SCRATCH.set(text);
    }
}

thread_local! {
    /// Where a line is composed.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

fn to_stdout(lines: &[u8]) {
    // Whoever closed our output does not want to read it.
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
