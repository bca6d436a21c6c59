//! The Go servers, which are built if Go is installed.

use std::{path::Path, process::Command};

use crate::{
    failure::Failure,
    process::{ROUTES, Server},
};

/// The name of each server, its build tag, and the routes that it has in addition to those of the contract.
const GO_SERVERS: [(&str, &str, &str); 5] = [
    ("gin", "gin", ROUTES),
    ("gin, ten routes", "gin", FOUR_ROUTES),
    ("echo", "echo", ROUTES),
    ("echo, ten routes", "echo", FOUR_ROUTES),
    ("net/http", "nethttp", ROUTES),
];

/// Four routes of the table. With those of the contract the server has ten.
const FOUR_ROUTES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/go/four.txt");

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/go");

/// Builds the servers into the target directory. Returns none if Go is not installed.
pub(crate) fn all(target: &Path) -> Result<Vec<Server>, Failure> {
    if Command::new("go").arg("version").output().is_err() {
        eprintln!(
            "Go is not installed, so its servers are skipped: `apt-get install golang-go \
             golang-github-gin-gonic-gin-dev golang-github-labstack-echo-dev`"
        );
        return Ok(Vec::new());
    }
    GO_SERVERS
        .iter()
        .map(|(name, tag, routes)| build(name, tag, routes, target))
        .collect()
}

fn build(
    name: &'static str,
    tag: &str,
    routes: &'static str,
    target: &Path,
) -> Result<Server, Failure> {
    let program = target.join(format!("go-{tag}"));
    let status = Command::new("go")
        .current_dir(SOURCES)
        // Debian installs the packages of Go in a GOPATH, without modules.
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .args(["build", "-buildvcs=false", "-tags", tag, "-o"])
        .arg(&program)
        .arg(".")
        .status()?;
    if !status.success() {
        return Err(format!("{name} cannot be built").into());
    }
    Ok(Server {
        name,
        program,
        routes,
        is_counted: false,
    })
}
