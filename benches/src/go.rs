//! The servers of Go, where it is installed.

use std::{path::Path, process::Command};

use crate::{
    failure::Failure,
    process::{ROUTES, Server},
};

/// Their names, what chooses each, and the routes that it has beside the contract's own.
const GO: [(&str, &str, &str); 5] = [
    ("gin", "gin", ROUTES),
    ("gin, ten routes", "gin", FOUR_ROUTES),
    ("echo", "echo", ROUTES),
    ("echo, ten routes", "echo", FOUR_ROUTES),
    ("net/http", "nethttp", ROUTES),
];

/// So many of the table's that there are ten in all.
const FOUR_ROUTES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/go/four.txt");

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/go");

/// Builds them beside the others; none where there is no Go.
pub(crate) fn all(target: &Path) -> Result<Vec<Server>, Failure> {
    if Command::new("go").arg("version").output().is_err() {
        eprintln!(
            "no Go, so its servers are left out: `apt-get install golang-go \
             golang-github-gin-gonic-gin-dev golang-github-labstack-echo-dev`"
        );
        return Ok(Vec::new());
    }
    GO.iter()
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
        // As Debian has its packages.
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
