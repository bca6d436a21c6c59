//! The servers that are measured.

use std::path::{Path, PathBuf};

use crate::{
    failure::Failure,
    go,
    process::{ROUTES, Server, cargo_build, target},
};

/// Highball, and the programs of `bench-peers`.
const RUST_SERVERS: [(&str, &str); 6] = [
    ("highball", "bench-server"),
    ("hyper, tuned", "hyper-tuned"),
    ("hyper", "hyper-raw"),
    ("axum", "axum"),
    ("actix-web", "actix"),
    ("xitca-web", "xitca"),
];

/// The peers that support HTTP/2 without TLS.
const HTTP2_PEERS: [&str; 3] = ["hyper", "axum", "actix-web"];

/// Builds all servers, Highball first.
pub(crate) fn all() -> Result<Vec<Server>, Failure> {
    let target = build()?;
    let mut servers = RUST_SERVERS
        .map(|server| rust_server(server, &target))
        .to_vec();
    servers.extend(go::all(&target)?);
    Ok(servers)
}

fn rust_server((name, program): (&'static str, &str), target: &Path) -> Server {
    Server {
        name,
        program: target.join(program),
        routes: ROUTES,
        is_counted: true,
    }
}

/// Builds Highball and tuned hyper, the reference that makes results comparable between machines.
pub(crate) fn highball_and_tuned() -> Result<[Server; 2], Failure> {
    let target = build()?;
    Ok([RUST_SERVERS[0], RUST_SERVERS[1]].map(|server| rust_server(server, &target)))
}

/// Builds the servers that support HTTP/2, Highball first. The peers have their own target directory, since the
/// feature changes their HTTP/1 code as well.
pub(crate) fn http2() -> Result<Vec<Server>, Failure> {
    let target = target()?;
    let http2_target = target.join("http2");
    cargo_build("bench-server", &[], &[])?;
    let dir = http2_target
        .to_str()
        .ok_or("the path of the target directory is not UTF-8")?;
    let options = ["--features", "http2", "--target-dir", dir];
    cargo_build("bench-peers", &options, &[])?;
    let peers = RUST_SERVERS
        .iter()
        .filter(|(name, _)| HTTP2_PEERS.contains(name));
    let peers = peers.map(|server| rust_server(*server, &http2_target.join("release")));
    Ok([rust_server(RUST_SERVERS[0], &target.join("release"))]
        .into_iter()
        .chain(peers)
        .collect())
}

/// Builds the programs, and returns the directory that contains them and this program.
fn build() -> Result<PathBuf, Failure> {
    // In one build, cargo would unify the features of hyper, so the peers would get those that Highball enables.
    cargo_build("bench-peers", &[], &[])?;
    cargo_build("bench-server", &[], &[])?;
    Ok(target()?.join("release"))
}
