//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use http::{HeaderName, HeaderValue, Method};

use crate::duration::duration;
use crate::requirement::Requirement;
use crate::schedule::Stage;
use crate::shard::Shard;

/// Measures how an HTTP server behaves under load.
///
/// Without --rate, each connection sends its next request after the response. This finds the maximum throughput. With
/// --rate, requests are sent on schedule, whether or not the server keeps up. Their latency counts from the time at
/// which they were due, so it includes the time that clients spend waiting.
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
    /// Merge the JSON reports of several generators.
    Merge {
        /// The reports to merge; `-` is standard input. A file may contain several reports, one on each line, among
        /// other lines, such as the logs of several pods.
        #[arg(required = true)]
        reports: Vec<PathBuf>,
        /// Accept that the reports of some shards are missing.
        #[arg(long)]
        partial: bool,
        #[command(flatten)]
        output: Output,
    },
}

/// The files to which a report is written, and the requirements that it must meet.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Write the whole report as JSON, which can be merged; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the report as an HTML page with plots.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Exit with status 1 unless this requirement is met: 'p99<50ms', 'max<1s', 'errors<0.1%', 'rate>1000'.
    #[arg(long = "require", value_name = "REQUIREMENT")]
    pub(crate) requirements: Vec<Requirement>,
}

/// The requests of a run, their rate and its duration.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The URL to request, `http://host:port/path`. `3:http://..` requests it three times as often as a URL without a
    /// weight.
    #[arg(value_name = "[WEIGHT:]URL")]
    pub(crate) urls: Vec<String>,
    /// Read more targets from a TOML file: `[[target]]` with url, method, headers, body, body_file, weight.
    #[arg(long, value_name = "FILE")]
    pub(crate) targets: Option<PathBuf>,
    /// The method, unless the file sets one.
    #[arg(short, long, default_value = "GET")]
    pub(crate) method: Method,
    /// A header of every request, as `name: value`.
    #[arg(short = 'H', long = "header", value_parser = header)]
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// The body, unless the file sets one. `@file` reads it from a file.
    #[arg(short, long)]
    pub(crate) body: Option<String>,
    /// The number of connections to each server.
    #[arg(short, long, default_value_t = 64)]
    pub(crate) connections: usize,
    /// Use HTTP/2 with prior knowledge.
    #[arg(long)]
    pub(crate) http2: bool,
    /// The number of concurrent requests on each connection; HTTP/2 only.
    #[arg(long, default_value_t = 1, requires = "http2")]
    pub(crate) streams: usize,
    /// The number of threads that send requests.
    #[arg(short, long, default_value_t = 1)]
    pub(crate) threads: usize,
    /// The duration of the run, and of each stage without a duration.
    #[arg(short, long, default_value = "10s", value_parser = duration)]
    pub(crate) duration: Duration,
    /// Requests per second. Repeat the option for stages in sequence: `1000`, a ramp `0..1000`, or `0..1000:30s` with
    /// a duration.
    #[arg(short, long, value_name = "STAGE")]
    pub(crate) rate: Vec<Stage>,
    /// Send requests for this long before the measurement starts.
    #[arg(long, default_value = "0s", value_parser = duration)]
    pub(crate) warm_up: Duration,
    /// The maximum time for a response.
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Start at this time, in seconds since 1970. Use it to start several generators at once.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) start_at: Option<u64>,
    /// Send only a part of the load: `0/8` is the first of eight generators, `7/8` the last. Without --rate, it only
    /// marks the report, so that `merge` finds missing and repeated ones.
    #[arg(long, value_name = "INDEX/OF", requires = "start_at")]
    pub(crate) shard: Option<Shard>,
    /// Do not show the progress.
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
        .map_err(|_| format!("`{name}` is not a valid header name"))?;
    let value = value
        .trim()
        .parse()
        .map_err(|_| format!("`{value}` is not a valid header value"))?;
    Ok((name, value))
}
