//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use http::{HeaderName, HeaderValue, Method};

use crate::duration::duration;
use crate::requirement::Requirement;
use crate::schedule::Stage;

/// Puts a server under load and says how it answers.
///
/// Without --rate each connection sends its next request when it has its answer: it finds the most that a
/// server can do. With --rate requests are due at fixed times whether the server keeps up or not, and their
/// latency counts from then: it shows what those who wait see.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: Run,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Adds up the JSON reports of several generators.
    Merge {
        /// The reports.
        #[arg(required = true)]
        reports: Vec<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
}

/// Where a report goes besides the terminal, and what it must show.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Write the whole report as JSON, which can be merged; `-` is the standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the report as a page with plots.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Exit with 1 unless it holds: 'p99<50ms', 'max<1s', 'errors<0.1%', 'rate>1000'.
    #[arg(long = "require", value_name = "LIMIT")]
    pub(crate) requirements: Vec<Requirement>,
}

/// What is sent, how, and for how long.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// What to ask for: `http://host:port/path`, or `3:http://..` for three times as often.
    #[arg(value_name = "[WEIGHT:]URL")]
    pub(crate) urls: Vec<String>,
    /// Take more targets from a TOML file: `[[target]]` with url, method, headers, body, body_file, weight.
    #[arg(long, value_name = "FILE")]
    pub(crate) targets: Option<PathBuf>,
    /// The method of every URL that has none in a file.
    #[arg(short, long, default_value = "GET")]
    pub(crate) method: Method,
    /// A header of every request, as `name: value`.
    #[arg(short = 'H', long = "header", value_parser = header)]
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// The body of every URL that has none in a file; `@file` is read.
    #[arg(short, long)]
    pub(crate) body: Option<String>,
    /// How many connections are kept to each server.
    #[arg(short, long, default_value_t = 64)]
    pub(crate) connections: usize,
    /// Speak HTTP/2, by prior knowledge.
    #[arg(long)]
    pub(crate) http2: bool,
    /// How many requests are open on a connection at once; HTTP/2 only.
    #[arg(long, default_value_t = 1, requires = "http2")]
    pub(crate) streams: usize,
    /// How many threads send.
    #[arg(short, long, default_value_t = 1)]
    pub(crate) threads: usize,
    /// How long, where no stage says it.
    #[arg(short, long, default_value = "10s", value_parser = duration)]
    pub(crate) duration: Duration,
    /// Requests a second, as stages in turn: `1000`, `0..1000` for a ramp, `0..1000:30s` with a time of its own.
    #[arg(short, long, value_name = "STAGE")]
    pub(crate) rate: Vec<Stage>,
    /// Send for so long before what is counted.
    #[arg(long, default_value = "0s", value_parser = duration)]
    pub(crate) warm_up: Duration,
    /// How long an answer may take.
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Begin at this time, in seconds since 1970, so that several hosts begin at once.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) start_at: Option<u64>,
    /// Show no progress.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text.split_once(':').ok_or("write it as `name: value`")?;
    let name = name
        .trim()
        .parse()
        .map_err(|_| format!("`{name}` is no name of a header"))?;
    let value = value
        .trim()
        .parse()
        .map_err(|_| format!("`{value}` is no value of a header"))?;
    Ok((name, value))
}
