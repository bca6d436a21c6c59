//! Servers that answer the same, measured in turns.

mod answers;
mod baseline;
mod chart;
mod client;
mod endpoint;
mod go;
mod http2;
mod load;
mod report;
mod server;
mod start;
mod valgrind;

use std::error::Error;

use endpoint::Endpoint;
use load::Loaded;
use server::{Running, Server};

pub(crate) use baseline::instructions;
pub(crate) use http2::compare_http2;
pub(crate) use start::start;

/// Why nothing could be measured.
pub(crate) type Failure = Box<dyn Error>;

/// How often each server is put under load at each endpoint.
const ROUNDS: usize = 3;

/// What was measured of a server at an endpoint.
#[derive(Debug, Clone, Default)]
struct Measured {
    /// User-space instructions of a request on a kept connection.
    instructions: Option<f64>,
    /// Heap allocations of a request.
    allocations: Option<f64>,
    /// Several are sent before the first is answered.
    is_batch: bool,
    /// One for each round.
    loaded: Vec<Loaded>,
}

impl Measured {
    fn of(endpoint: &Endpoint) -> Self {
        Self {
            is_batch: endpoint.batch > 1,
            ..Self::default()
        }
    }
}

/// What was measured of a server, at each endpoint in their order.
#[derive(Debug)]
struct Results {
    name: &'static str,
    at: Vec<Measured>,
    /// The most memory that it has held, in KiB.
    memory: u64,
}

/// Measures all servers, and writes the table and the chart.
pub(crate) fn compare(quick: bool) -> Result<(), Failure> {
    let servers = server::all()?;
    let endpoints = endpoint::all();
    let mut results: Vec<_> = servers
        .iter()
        .map(|server| Results {
            name: server.name,
            at: endpoints.iter().map(Measured::of).collect(),
            memory: 0,
        })
        .collect();
    put_under_load(&servers, &endpoints, &mut results, quick)?;
    if valgrind::is_installed() {
        count(&servers, &endpoints, &mut results)?;
    } else {
        eprintln!("no valgrind, so nothing is counted: `apt-get install valgrind`");
    }
    report::write(&endpoints, &results)
}

/// Loads each server at each endpoint, all of them in turns.
fn put_under_load(
    servers: &[Server],
    endpoints: &[Endpoint],
    results: &mut [Results],
    quick: bool,
) -> Result<(), Failure> {
    let running = servers
        .iter()
        .map(Server::start)
        .collect::<Result<Vec<_>, _>>()?;
    answers::are_equal(&running, endpoints)?;
    let seconds = if quick { 1 } else { 3 };
    for round in 0..ROUNDS {
        for (idx, endpoint) in endpoints.iter().enumerate() {
            eprintln!("load: round {} of {ROUNDS}, {}", round + 1, endpoint.name);
            for (server, results) in running.iter().zip(&mut *results) {
                let loaded = load::run(server, endpoint, seconds)?;
                results.at[idx].loaded.push(loaded);
            }
        }
    }
    for (server, results) in running.iter().zip(results) {
        results.memory = server.most_memory()?;
    }
    running.into_iter().try_for_each(Running::stop)
}

/// Counts instructions and allocations, by valgrind.
fn count(
    servers: &[Server],
    endpoints: &[Endpoint],
    results: &mut [Results],
) -> Result<(), Failure> {
    let counted = servers.iter().zip(results);
    for (server, results) in counted.filter(|(server, _)| server.is_counted) {
        for (endpoint, measured) in endpoints.iter().zip(&mut results.at) {
            if endpoint.batch > 1 {
                continue;
            }
            eprintln!("count: {}, {}", server.name, endpoint.name);
            measured.instructions = Some(valgrind::instructions(server, endpoint)?);
            measured.allocations = Some(valgrind::allocations(server, endpoint)?);
        }
    }
    Ok(())
}
