//! The servers: how each is built, started and stopped.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::failure::Failure;

/// How long a server may take to listen, and to stop; valgrind makes both slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// The routes of the table, for those who read them when they start.
pub(crate) const ROUTES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin/lookup/github.txt");

/// How often it is looked whether a server listens.
const LOOK: Duration = Duration::from_micros(200);

/// A program that answers the contract.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    /// The file of the routes that it reads when it starts, if it does.
    pub(crate) routes: &'static str,
    /// Whether valgrind can count what it does.
    pub(crate) is_counted: bool,
}

/// Builds a package in release, by these options and settings of the environment.
pub(crate) fn cargo_build(
    package: &str,
    options: &[&str],
    settings: &[(&str, &str)],
) -> Result<(), Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--locked", "-p", package]);
    build.args(options).envs(settings.iter().copied());
    if !build.status()?.success() {
        return Err(format!("{package} cannot be built").into());
    }
    Ok(())
}

/// Returns the target directory, which this program lies in.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe()?;
    let target = own.parent().and_then(Path::parent);
    Ok(target.ok_or("this program lies nowhere")?.to_owned())
}

/// A server that runs.
pub(crate) struct Running {
    pub(crate) name: &'static str,
    pub(crate) addr: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts it with one thread, on the first core where there are more.
    pub(crate) fn start(&self) -> Result<Running, Failure> {
        let mut command = on_core(0);
        command.arg(&self.program);
        self.start_by(command)
    }

    /// Starts it by a command that has its program as an argument.
    pub(crate) fn start_by(&self, mut command: Command) -> Result<Running, Failure> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let child = command
            .env("PORT", port.to_string())
            .env("THREADS", "1")
            .env("ROUTES", self.routes)
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
            sleep(LOOK);
        }
        Ok(())
    }

    /// Returns the CPU time that it has taken, of all its threads, in ticks of 10 ms.
    pub(crate) fn ticks(&self) -> Result<u64, Failure> {
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
    pub(crate) fn most_memory(&self) -> Result<u64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = most.and_then(|most| most.split_whitespace().next());
        Ok(most.ok_or("the system says too little")?.parse()?)
    }

    pub(crate) fn stop(self) -> Result<(), Failure> {
        self.said().map(drop)
    }

    /// Stops it, and returns what it has written to its standard error.
    pub(crate) fn said(self) -> Result<String, Failure> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let output = self.child.wait_with_output()?;
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Makes a command that runs another on one core, as far as there are several.
pub(crate) fn on_core(core: usize) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut command = Command::new("taskset");
    command.args(["-c", &core.min(cores - 1).to_string()]);
    command
}
