//! Puts a server under load with wrk, and measures the cost of a request.

use std::{env, fs, process};

use crate::{
    endpoint::Endpoint,
    failure::Failure,
    process::{Running, on_core},
};

/// The number of connections.
const CONNECTIONS: &str = "-c64";

/// The result of one run of wrk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loaded {
    pub(crate) requests_per_second: f64,
    /// The CPU time of the server per request, in microseconds, including the kernel.
    pub(crate) cpu: f64,
    /// The median latency, in milliseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Puts a server under load for a number of seconds.
pub(crate) fn run(server: &Running, endpoint: &Endpoint, seconds: u32) -> Result<Loaded, Failure> {
    let script = env::temp_dir().join(format!("highball-bench-{}.lua", process::id()));
    fs::write(&script, endpoint.script())?;
    let before = server.ticks()?;
    let output = on_core(1)
        .args(["wrk", "-t1", CONNECTIONS, "--latency", "-s"])
        .arg(&script)
        .arg(format!("-d{seconds}s"))
        .arg(format!("http://{}/", server.addr))
        .output();
    let ticks = server.ticks()? - before;
    fs::remove_file(&script)?;
    let output = output?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(
            "cannot run wrk: `apt-get install wrk util-linux`, which contains `taskset`".into(),
        );
    }
    let loaded = parse_output(&text, ticks);
    loaded.ok_or_else(|| format!("{} under load: {text}", server.name).into())
}

/// Parses the output of wrk. Returns `None` if a response was an error.
fn parse_output(text: &str, ticks: u64) -> Option<Loaded> {
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return None;
    }
    // The lines before the distribution contain other percentages.
    let (_, percentiles) = text.split_once("Latency Distribution")?;
    let after = |word: &str| percentiles.split_once(word)?.1.split_whitespace().next();
    let (before, _) = text.split_once(" requests in ")?;
    let requests: f64 = before.split_whitespace().last()?.parse().ok()?;
    Some(Loaded {
        requests_per_second: after("Requests/sec:")?.parse().ok()?,
        // A tick is 10 ms.
        cpu: ticks as f64 * 10_000.0 / requests,
        p50: parse_millis(after("50%")?)?,
        p99: parse_millis(after("99%")?)?,
    })
}

/// Parses a duration in the format of wrk, and returns milliseconds.
fn parse_millis(text: &str) -> Option<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1000.0)];
    let (number, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    Some(number.parse::<f64>().ok()? * factor)
}
