//! Compares the servers that support HTTP/2 with prior knowledge, with h2load.

use crate::{
    failure::Failure,
    process::{Running, Server, on_core},
    servers,
};

/// One thread, eight connections, and eight concurrent requests on each.
const LOAD: [&str; 3] = ["-t1", "-c8", "-m8"];
const ENDPOINTS: [(&str, &str); 4] = [
    ("ping", "/ping"),
    ("users/{id}", "/users/42"),
    (
        "three parameters",
        "/repos/rust-lang/rust/issues/1347/comments",
    ),
    ("big", "/big"),
];
const ROUNDS: usize = 3;

/// The result of one run of h2load.
#[derive(Debug, Clone, Copy)]
struct Loaded {
    requests_per_second: f64,
    /// The CPU time of the server per request, in microseconds.
    cpu: f64,
}

/// Measures the servers in turns, and prints a table.
pub(crate) fn compare() -> Result<(), Failure> {
    let servers = servers::http2()?;
    let running = servers
        .iter()
        .map(Server::start)
        .collect::<Result<Vec<_>, _>>()?;
    let mut all = vec![[const { Vec::new() }; ENDPOINTS.len()]; running.len()];
    for round in 0..ROUNDS {
        eprintln!("load: round {} of {ROUNDS}", round + 1);
        for (idx, (_, path)) in ENDPOINTS.iter().enumerate() {
            for (server, all) in running.iter().zip(&mut all) {
                all[idx].push(load(server, path)?);
            }
        }
    }
    print(&running, &all);
    running.into_iter().try_for_each(Running::stop)
}

fn load(server: &Running, path: &str) -> Result<Loaded, Failure> {
    let before = server.ticks()?;
    let output = on_core(1)
        .arg("h2load")
        .args(LOAD)
        .args(["-D", "3"])
        .arg(format!("http://{}{path}", server.addr))
        .output();
    let ticks = server.ticks()? - before;
    let output = output?;
    let text = String::from_utf8_lossy(&output.stdout);
    let loaded = parse_output(&text, ticks);
    loaded.ok_or_else(|| format!("{} under h2load: {text}", server.name).into())
}

/// Parses the output of h2load. Returns `None` if a response was an error.
fn parse_output(text: &str, ticks: u64) -> Option<Loaded> {
    let (_, statuses) = text.split_once("status codes: ")?;
    let good: f64 = statuses.split_whitespace().next()?.parse().ok()?;
    if good == 0.0 || !statuses.contains(" 0 3xx, 0 4xx, 0 5xx") {
        return None;
    }
    let (before, _) = text.split_once(" req/s")?;
    Some(Loaded {
        requests_per_second: before.split_whitespace().last()?.parse().ok()?,
        // A tick is 10 ms.
        cpu: ticks as f64 * 10_000.0 / good,
    })
}

fn print(running: &[Running], all: &[[Vec<Loaded>; ENDPOINTS.len()]]) {
    let names: Vec<_> = ENDPOINTS.iter().map(|(name, _)| *name).collect();
    for (title, of) in [
        (
            "CPU time per request over HTTP/2, microseconds",
            (|loaded| loaded.cpu) as fn(&Loaded) -> f64,
        ),
        ("requests per second", |loaded| loaded.requests_per_second),
    ] {
        println!("| {title} | {} |", names.join(" | "));
        println!("|---|{}", "---|".repeat(names.len()));
        for (server, all) in running.iter().zip(all) {
            let cells: Vec<_> = all.iter().map(|runs| median_cell(runs, of)).collect();
            println!("| {} | {} |", server.name, cells.join(" | "));
        }
        println!();
    }
}

/// Returns the median of the runs.
fn median_cell(runs: &[Loaded], of: fn(&Loaded) -> f64) -> String {
    let mut values: Vec<_> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    let median = values[values.len() / 2];
    if median < 1000.0 {
        format!("{median:.2}")
    } else {
        format!("{median:.0}")
    }
}
