//! The servers that are measured.

use std::path::{Path, PathBuf};

use crate::{
    failure::Failure,
    go,
    process::{ROUTES, Server, cargo_build, target},
};

/// Ours, and the programs of `bench-peers`.
const RUST: [(&str, &str); 6] = [
    ("highball", "bench-server"),
    ("hyper, tuned", "hyper-tuned"),
    ("hyper", "hyper-raw"),
    ("axum", "axum"),
    ("actix-web", "actix"),
    ("xitca-web", "xitca"),
];

/// Those of the peers that speak HTTP/2 without TLS.
const HTTP2: [&str; 3] = ["hyper", "axum", "actix-web"];

/// Builds all servers, ours first.
pub(crate) fn all() -> Result<Vec<Server>, Failure> {
    let target = build()?;
    let mut servers = RUST.map(|server| of(server, &target)).to_vec();
    servers.extend(go::all(&target)?);
    Ok(servers)
}

fn of((name, program): (&'static str, &str), target: &Path) -> Server {
    Server {
        name,
        program: target.join(program),
        routes: ROUTES,
        is_counted: true,
    }
}

/// Builds ours, and the one that it is compared with where machines differ.
pub(crate) fn ours_and_tuned() -> Result<[Server; 2], Failure> {
    let target = build()?;
    Ok([RUST[0], RUST[1]].map(|server| of(server, &target)))
}

/// Builds those that speak HTTP/2, ours first; the peers speak it beside those that do not.
pub(crate) fn http2() -> Result<Vec<Server>, Failure> {
    let target = target()?;
    let apart = target.join("http2");
    cargo_build("bench-server", &[], &[])?;
    let dir = apart.to_str().ok_or("the target directory is no text")?;
    let options = ["--features", "http2", "--target-dir", dir];
    cargo_build("bench-peers", &options, &[])?;
    let peers = RUST.iter().filter(|(name, _)| HTTP2.contains(name));
    let peers = peers.map(|server| of(*server, &apart.join("release")));
    Ok([of(RUST[0], &target.join("release"))]
        .into_iter()
        .chain(peers)
        .collect())
}

/// Builds the programs, and returns where they are: beside this one.
fn build() -> Result<PathBuf, Failure> {
    // One after the other: built at once, the peers would have what ours wants of hyper.
    cargo_build("bench-peers", &[], &[])?;
    cargo_build("bench-server", &[], &[])?;
    Ok(target()?.join("release"))
}
