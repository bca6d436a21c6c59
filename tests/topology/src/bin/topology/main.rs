//! Instances of a server behind HAProxy, and load generators, each in a separate network namespace. The instances are
//! replaced one by one under load, as a rolling update of Kubernetes does it.
//!
//! ```sh
//! cargo build --release -p highball-load -p highball-topology
//! target/release/topology --instances 3 --generators 2 --rate 2000 --seconds 20 --restarts 3
//! ```
//!
//! It prints the sum of the reports next to the instances' own counts as JSON. The exit code is 0 if no request was
//! lost and the counts are equal, 1 if not, 2 if the run was not possible, and 77 if this machine has no namespaces or
//! no HAProxy. The namespaces are inside one that ends with the program, so nothing of them is left on the machine, and
//! no packet leaves them.

mod balancer;
mod generators;
mod instance;
mod network;
mod process;
mod rolling;

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use clap::{Parser, ValueEnum};

/// The exit code if the machine lacks a requirement.
const UNAVAILABLE: u8 = 77;
/// The variable that is set inside the namespace. A name with `HIGHBALL_` would be a setting of the instances.
const INSIDE: &str = "TOPOLOGY_INSIDE";

/// Replaces instances behind a balancer one by one, under load.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The instances that serve.
    #[arg(long, default_value_t = 2)]
    instances: usize,
    /// The generators, each of which sends one shard of the load.
    #[arg(long, default_value_t = 2)]
    generators: usize,
    /// The requests per second of all generators together. 0 is the highest rate of a closed loop.
    #[arg(long, default_value_t = 400)]
    rate: u32,
    /// The duration of the load.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// The connections of each generator.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// How many instances are replaced.
    #[arg(long, default_value_t = 2)]
    restarts: usize,
    /// The setting `shutdown_delay`, in milliseconds.
    #[arg(long, default_value_t = 2000)]
    delay: u64,
    /// Whether the balancer distributes requests, or connections as a Service of Kubernetes does.
    #[arg(long, value_enum, default_value_t = Layer::Http)]
    layer: Layer,
    /// Leave the balancer out: each generator sends to one instance.
    #[arg(long)]
    direct: bool,
    /// The program of an instance. The default is in the folder of this program.
    #[arg(long)]
    instance: Option<PathBuf>,
    /// The load generator. The default is in the folder of this program.
    #[arg(long)]
    load: Option<PathBuf>,
}

/// The balanced unit.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Layer {
    /// Each request.
    Http,
    /// Each connection.
    Tcp,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if std::env::var_os(INSIDE).is_none() {
        return run_inside();
    }
    match rolling::run(&options) {
        Ok(outcome) => {
            println!("{outcome:#}");
            ExitCode::from(u8::from(outcome["lost"] != false))
        }
        Err(error) => {
            eprintln!("topology: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs this program again in new namespaces of networks, mounts and processes. They end with it, however it ends.
fn run_inside() -> ExitCode {
    for (program, args) in [
        (
            "unshare",
            &["--net", "--mount", "--pid", "--fork", "true"][..],
        ),
        ("ip", &["-Version"]),
        ("haproxy", &["-v"]),
    ] {
        let check = Command::new(program)
            .args(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !check.is_ok_and(|status| status.success()) {
            eprintln!("topology: `{program}` is missing or not permitted on this machine");
            return ExitCode::from(UNAVAILABLE);
        }
    }
    let inside = std::env::current_exe().and_then(|program| {
        Command::new("unshare")
            .args([
                "--net",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
            ])
            .arg(program)
            .args(std::env::args_os().skip(1))
            // In the namespace of processes, each of these programs is process 1.
            .env(INSIDE, std::process::id().to_string())
            .status()
    });
    match inside {
        Ok(status) => ExitCode::from(status.code().map_or(2, |code| code as u8)),
        Err(error) => {
            eprintln!("topology: {error}");
            ExitCode::from(2)
        }
    }
}
