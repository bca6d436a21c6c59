//! A server as a process: how it is built, started and stopped.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::failure::Failure;

/// The time limit for starting and stopping a server. Both are slow under valgrind.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The file of the route table, for servers that read it at start-up.
pub(crate) const ROUTES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin/lookup/github.txt");

/// How often a starting server is checked for its port.
const POLL_INTERVAL: Duration = Duration::from_micros(200);

/// A program that implements the contract.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    /// The file of the routes. Only some of the servers read it.
    pub(crate) routes: &'static str,
    /// Whether valgrind can measure the server.
    pub(crate) is_counted: bool,
}

/// Builds a package in release mode, with these options and environment variables.
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

/// Returns the target directory, which contains this program.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe()?;
    let target = own.parent().and_then(Path::parent);
    Ok(target
        .ok_or("this program is not in a target directory")?
        .to_owned())
}

/// A running server.
pub(crate) struct Running {
    pub(crate) name: &'static str,
    pub(crate) addr: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts the server with one thread, on the first core.
    pub(crate) fn start(&self) -> Result<Running, Failure> {
        let mut command = on_core(0);
        command.arg(&self.program);
        self.start_by(command)
    }

    /// Starts the server with a command that already contains the program.
    pub(crate) fn start_by(&self, mut command: Command) -> Result<Running, Failure> {
        // The port is free again when the listener is dropped, at the end of this statement.
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
        running.wait_until_listening()?;
        Ok(running)
    }
}

impl Running {
    fn wait_until_listening(&mut self) -> Result<(), Failure> {
        let started = Instant::now();
        while TcpStream::connect(self.addr).is_err() {
            if started.elapsed() > TIMEOUT || self.child.try_wait()?.is_some() {
                return Err(format!("{} does not listen", self.name).into());
            }
            sleep(POLL_INTERVAL);
        }
        Ok(())
    }

    /// Returns the CPU time of all threads, in ticks of 10 ms.
    pub(crate) fn ticks(&self) -> Result<u64, Failure> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, fields) = stat
            // The name of the process is in parentheses and may itself contain spaces and parentheses.
            .rsplit_once(')')
            .ok_or("/proc/../stat has no process name")?;
        let mut fields = fields.split_whitespace().skip(11);
        let (user, system) = (fields.next(), fields.next());
        let (user, system) = user.zip(system).ok_or("/proc has too few fields")?;
        Ok(user.parse::<u64>()? + system.parse::<u64>()?)
    }

    /// Returns the peak memory, in KiB.
    pub(crate) fn peak_memory(&self) -> Result<u64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = most.and_then(|most| most.split_whitespace().next());
        Ok(most.ok_or("/proc has too few fields")?.parse()?)
    }

    pub(crate) fn stop(self) -> Result<(), Failure> {
        self.stop_with_stderr().map(drop)
    }

    /// Stops the server, and returns its standard error.
    pub(crate) fn stop_with_stderr(self) -> Result<String, Failure> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let output = self.child.wait_with_output()?;
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Returns a command that runs another one on a core, or on the last core if there are fewer.
pub(crate) fn on_core(core: usize) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut command = Command::new("taskset");
    command.args(["-c", &core.min(cores - 1).to_string()]);
    command
}
