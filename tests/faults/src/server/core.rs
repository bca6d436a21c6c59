//! The processes of a server, with methods that block.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Mode;
use super::builder::Builder;
use super::keeper::Keeper;
use super::port::free_ports;
use super::recipe::{Recipe, recipe_of};
use super::site::Site;

/// The longest time that a start or a stop may take. RabbitMQ takes 7 s on a machine without other work.
const PATIENCE: Duration = Duration::from_secs(60);
const STOP_PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(super) struct Core {
    recipe: &'static dyn Recipe,
    /// The first process of the server, while it runs.
    process: Mutex<Option<Child>>,
    /// It kills the processes and removes the site when it is dropped.
    keeper: Keeper,
    site: Site,
}

impl Core {
    pub(super) fn start(options: Builder) -> Self {
        let recipe = recipe_of(options.backend);
        let site = Site::create(options);
        let mut core = Self {
            recipe,
            process: Mutex::new(None),
            keeper: Keeper::start(&site),
            site,
        };
        recipe.prepare(&core.site);
        // Another process may take a port between the choice and the start.
        for _ in 0..3 {
            core.site.ports = free_ports();
            if core.try_start().is_ok() {
                return core;
            }
            if !core.log().to_lowercase().contains("address already in use") {
                break;
            }
        }
        panic!("{} does not start:\n{}", recipe.name(), core.log());
    }

    pub(super) fn url_at(&self, addr: SocketAddr) -> String {
        self.recipe.url(&self.site, addr)
    }

    pub(super) fn addr(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.site.ports[0]).into()
    }

    pub(super) fn log(&self) -> String {
        let bytes = fs::read(self.site.log()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) fn directory(&self) -> &Path {
        &self.site.directory
    }

    pub(super) fn processes(&self) -> Vec<u32> {
        self.keeper.processes()
    }

    pub(super) fn is_running(&self) -> bool {
        is_alive(&mut self.process())
    }

    pub(super) fn stop(&self) {
        self.resume();
        self.end(self.recipe.stop_signal());
    }

    pub(super) fn kill(&self) {
        self.keeper.kill_all();
        if let Some(mut process) = self.process().take() {
            process.wait().expect("the process is a child");
        }
    }

    pub(super) fn pause(&self) {
        self.keeper.signal_all("STOP");
        // A process may have begun another before it stopped.
        self.keeper.signal_all("STOP");
    }

    pub(super) fn resume(&self) {
        self.keeper.signal_all("CONT");
    }

    pub(super) fn start_again(&self) {
        assert!(!self.is_running(), "{} runs", self.recipe.name());
        // Processes of a server that has crashed by itself may be left.
        self.kill();
        if self.try_start().is_err() {
            panic!(
                "{} does not start again:\n{}",
                self.recipe.name(),
                self.log()
            );
        }
    }

    pub(super) fn restart(&self, mode: Mode) {
        match (mode, self.recipe.immediate_signal()) {
            (Mode::Fast, _) => self.stop(),
            (Mode::Immediate, Some(signal)) => {
                self.resume();
                self.end(signal);
            }
            (Mode::Immediate, None) => self.kill(),
        }
        self.start_again();
    }

    /// Sends a signal to the first process, and waits until no process is left.
    fn end(&self, signal: &str) {
        let deadline = Instant::now() + STOP_PATIENCE;
        if let Some(process) = &*self.process() {
            self.keeper.signal(process.id(), signal);
        }
        while is_alive(&mut self.process()) {
            let name = self.recipe.name();
            assert!(
                Instant::now() < deadline,
                "{name} does not stop:\n{}",
                self.log()
            );
            thread::sleep(PAUSE);
        }
        self.kill();
    }

    /// Starts the server, and waits until it accepts connections. Fails if it ends before.
    fn try_start(&self) -> Result<(), ()> {
        let before = self.log().len();
        let log = self.site.open_log();
        let mut command = self.recipe.command(&self.site);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be cloned"))
            .stderr(log)
            // A Ctrl-C in the terminal is for the test program.
            .process_group(0);
        let process = command.spawn().expect("the program is installed");
        *self.process() = Some(process);
        self.wait_until_ready(before)
    }

    fn wait_until_ready(&self, log_before: usize) -> Result<(), ()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if !is_alive(&mut self.process()) {
                self.kill();
                return Err(());
            }
            if self.is_ready(log_before) {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
        self.kill();
        Err(())
    }

    fn is_ready(&self, log_before: usize) -> bool {
        if let Some(text) = self.recipe.ready_text()
            && !self.log()[log_before..].contains(text)
        {
            return false;
        }
        let Ok(stream) = TcpStream::connect(self.addr()) else {
            return false;
        };
        let _supported = stream.set_read_timeout(Some(Duration::from_secs(1)));
        self.recipe.probe(stream).unwrap_or(false)
    }

    fn process(&self) -> MutexGuard<'_, Option<Child>> {
        // After a panic of another method, the server must still be stopped.
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        self.keeper.end();
        if let Some(mut process) = self.process().take() {
            // It has ended, unless the shell has been killed.
            let _ended = process.kill();
            let _status = process.wait();
        }
    }
}

fn is_alive(process: &mut Option<Child>) -> bool {
    match process {
        Some(child) => child.try_wait().expect("the process is a child").is_none(),
        None => false,
    }
}
