//! The servers: how each is built, started and stopped.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use super::Failure;

/// How long a server may take to listen, and to stop; valgrind makes both slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that answers the contract.
pub(super) struct Server {
    pub(super) name: &'static str,
    pub(super) program: PathBuf,
}

/// Ours, and the programs of `bench-peers`.
const RUST: [(&str, &str); 6] = [
    ("highball", "bench-server"),
    ("hyper, tuned", "hyper-tuned"),
    ("hyper", "hyper-raw"),
    ("axum", "axum"),
    ("actix-web", "actix"),
    ("xitca-web", "xitca"),
];

/// Builds all servers, ours first.
pub(super) fn all() -> Result<Vec<Server>, Failure> {
    let target = build()?;
    Ok(RUST
        .iter()
        .map(|(name, program)| Server {
            name,
            program: target.join(program),
        })
        .collect())
}

/// Builds ours, and the one that it is compared with where machines differ.
pub(super) fn ours_and_tuned() -> Result<[Server; 2], Failure> {
    let target = build()?;
    Ok([RUST[0], RUST[1]].map(|(name, program)| Server {
        name,
        program: target.join(program),
    }))
}

/// Builds the programs, and returns where they are: beside this one.
fn build() -> Result<PathBuf, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // One after the other: built at once, the peers would have what ours wants of hyper.
    for package in ["bench-peers", "bench-server"] {
        let mut build = Command::new(&cargo);
        build.args(["build", "--release", "--locked", "-p", package]);
        if !build.status()?.success() {
            return Err(format!("{package} cannot be built").into());
        }
    }
    let own = std::env::current_exe()?;
    let target = own.parent().and_then(Path::parent);
    Ok(target.ok_or("this program lies nowhere")?.join("release"))
}

/// A server that runs.
pub(super) struct Running {
    pub(super) name: &'static str,
    pub(super) addr: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts it with one thread, on the first core where there are more.
    pub(super) fn start(&self) -> Result<Running, Failure> {
        let mut command = on_core(0);
        command.arg(&self.program);
        self.start_by(command)
    }

    /// Starts it by a command that has its program as an argument.
    pub(super) fn start_by(&self, mut command: Command) -> Result<Running, Failure> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let child = command
            .env("PORT", port.to_string())
            .env("THREADS", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut running = Running {
            name: self.name,
            addr: (Ipv4Addr::LOCALHOST, port).into(),
            child,
        };
        running.wait_until_it_listens()?;
        Ok(running)
    }
}

impl Running {
    fn wait_until_it_listens(&mut self) -> Result<(), Failure> {
        let begun = Instant::now();
        while TcpStream::connect(self.addr).is_err() {
            if begun.elapsed() > PATIENCE || self.child.try_wait()?.is_some() {
                return Err(format!("{} does not listen", self.name).into());
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Returns the CPU time that it has taken, of all its threads, in ticks of 10 ms.
    pub(super) fn ticks(&self) -> Result<u64, Failure> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, fields) = stat
            .rsplit_once(')')
            .ok_or("no process is without a name")?;
        let mut fields = fields.split_whitespace().skip(11);
        let (user, system) = (fields.next(), fields.next());
        let (user, system) = user.zip(system).ok_or("the system says too little")?;
        Ok(user.parse::<u64>()? + system.parse::<u64>()?)
    }

    /// Returns the most memory that it has held, in KiB.
    pub(super) fn most_memory(&self) -> Result<u64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = most.and_then(|most| most.split_whitespace().next());
        Ok(most.ok_or("the system says too little")?.parse()?)
    }

    pub(super) fn stop(self) -> Result<(), Failure> {
        self.said().map(drop)
    }

    /// Stops it, and returns what it has written to its standard error.
    pub(super) fn said(self) -> Result<String, Failure> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let output = self.child.wait_with_output()?;
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Makes a command that runs another on one core, as far as there are several.
pub(super) fn on_core(core: usize) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut command = Command::new("taskset");
    command.args(["-c", &core.min(cores - 1).to_string()]);
    command
}
