//! Compares the servers over HTTP/1.1.

use crate::{
    answers,
    endpoint::{self, Endpoint},
    failure::Failure,
    process::{Running, Server},
    report,
    results::{Measured, Results},
    servers, valgrind, wrk,
};

/// How often each server is measured at each endpoint.
const ROUNDS: usize = 3;

/// Measures all servers, and writes the tables and the chart.
pub(crate) fn compare(quick: bool) -> Result<(), Failure> {
    let servers = servers::all()?;
    let endpoints = endpoint::all();
    let mut results: Vec<_> = servers
        .iter()
        .map(|server| Results {
            name: server.name,
            at: endpoints.iter().map(Measured::new).collect(),
            peak_memory: 0,
        })
        .collect();
    put_under_load(&servers, &endpoints, &mut results, quick)?;
    if valgrind::is_installed() {
        count_with_valgrind(&servers, &endpoints, &mut results)?;
    } else {
        eprintln!("valgrind is not installed, so nothing is counted: `apt-get install valgrind`");
    }
    report::write(&endpoints, &results)
}

/// Puts each server under load at each endpoint. The servers take turns, so that a slow phase of the machine affects
/// all of them.
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
    answers::check_equal(&running, endpoints)?;
    let seconds = if quick { 1 } else { 3 };
    for round in 0..ROUNDS {
        for (idx, endpoint) in endpoints.iter().enumerate() {
            eprintln!("load: round {} of {ROUNDS}, {}", round + 1, endpoint.name);
            for (server, results) in running.iter().zip(&mut *results) {
                let loaded = wrk::run(server, endpoint, seconds)?;
                results.at[idx].loaded.push(loaded);
            }
        }
    }
    for (server, results) in running.iter().zip(results) {
        results.peak_memory = server.peak_memory()?;
    }
    running.into_iter().try_for_each(Running::stop)
}

/// Counts instructions and allocations with valgrind.
fn count_with_valgrind(
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
