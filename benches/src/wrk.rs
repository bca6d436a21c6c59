//! Load by wrk, and what a request then costs.

use std::{env, fs, process};

use crate::{
    endpoint::Endpoint,
    failure::Failure,
    process::{Running, on_core},
};

/// How many connections are kept.
const CONNECTIONS: &str = "-c64";

/// What one run of wrk has shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loaded {
    pub(crate) requests_per_second: f64,
    /// CPU time of the server for a request, in microseconds, the kernel's part included.
    pub(crate) cpu: f64,
    /// Milliseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Loads a server for so many seconds.
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
            "wrk does not run: `apt-get install wrk`, and `taskset` is of util-linux".into(),
        );
    }
    let loaded = read(&text, ticks);
    loaded.ok_or_else(|| format!("{} under load: {text}", server.name).into())
}

/// Reads what wrk has printed; none where an answer was an error.
fn read(text: &str, ticks: u64) -> Option<Loaded> {
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return None;
    }
    // Above stand other shares, of other things.
    let (_, percentiles) = text.split_once("Latency Distribution")?;
    let after = |word: &str| percentiles.split_once(word)?.1.split_whitespace().next();
    let (before, _) = text.split_once(" requests in ")?;
    let requests: f64 = before.split_whitespace().last()?.parse().ok()?;
    Some(Loaded {
        requests_per_second: after("Requests/sec:")?.parse().ok()?,
        cpu: ticks as f64 * 10_000.0 / requests,
        p50: milliseconds(after("50%")?)?,
        p99: milliseconds(after("99%")?)?,
    })
}

/// Reads a time as wrk writes it.
fn milliseconds(text: &str) -> Option<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1000.0)];
    let (number, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    Some(number.parse::<f64>().ok()? * factor)
}
