//! The servers of Go, where it is installed.

use std::{path::Path, process::Command};

use super::{Failure, server::Server};

/// Their names, and what chooses each.
const GO: [(&str, &str); 3] = [("gin", "gin"), ("echo", "echo"), ("net/http", "nethttp")];

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/go");

/// Builds them beside the others; none where there is no Go.
pub(super) fn all(target: &Path) -> Result<Vec<Server>, Failure> {
    if Command::new("go").arg("version").output().is_err() {
        eprintln!(
            "no Go, so its servers are left out: `apt-get install golang-go \
             golang-github-gin-gonic-gin-dev golang-github-labstack-echo-dev`"
        );
        return Ok(Vec::new());
    }
    GO.iter()
        .map(|(name, tag)| build(name, tag, target))
        .collect()
}

fn build(name: &'static str, tag: &str, target: &Path) -> Result<Server, Failure> {
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
        is_counted: false,
    })
}
