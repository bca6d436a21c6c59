//! A program with a supervisor, and clients that count how their requests end.

#![allow(dead_code, unreachable_pub)]

pub mod alertmanager;

use std::{
    fs::File,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// The time after which a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder that is removed with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("recovery-{name}-{}", std::process::id()));
        let _left = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// A program that is stopped with the test.
pub struct Program {
    pub child: Child,
    pub addr: SocketAddr,
    pub admin: SocketAddr,
    pub folder: Folder,
}

/// Returns a port that was free just now.
pub fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("it is bound")
}

impl Program {
    /// Starts `recovering` with these arguments and variables.
    pub fn start(name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let (folder, addr, admin) = (Folder::new(name), free(), free());
        let listen = format!("{addr},unix:{}", folder.0.join("app.sock").display());
        let log = File::create(folder.0.join("log")).expect("a file");
        let child = Command::new(env!("CARGO_BIN_EXE_recovering"))
            .args(arguments)
            .current_dir(&folder.0)
            .env("HIGHBALL_LISTEN", listen)
            .env("HIGHBALL_ADMIN_LISTEN", admin.to_string())
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("it starts");
        let program = Self {
            child,
            addr,
            admin,
            folder,
        };
        until("it serves", || get(addr, "/pid").is_ok());
        program
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.0.join("log")).expect("a log")
    }

    pub fn says(&self, text: &str) {
        let has_text = || self.log().contains(text);
        if !waited(has_text) {
            panic!("no {text} in:\n{}", self.log());
        }
    }

    /// Returns the process that serves.
    pub fn pid(&self) -> String {
        until("it serves", || get(self.addr, "/pid").is_ok());
        get(self.addr, "/pid").expect("it serves")
    }

    pub fn signal(&self, name: &str) {
        kill(name, &self.child.id().to_string());
    }

    /// Stops it, and returns its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.exit_code()
    }

    pub fn exit_code(&mut self) -> Option<i32> {
        let mut status = None;
        until("it ends", || {
            status = self.child.try_wait().expect("a child");
            status.is_some()
        });
        status.and_then(|status| status.code())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("{}", self.log());
        }
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.signal("TERM");
            if !waited(|| self.child.try_wait().is_ok_and(|status| status.is_some())) {
                let _gone = self.child.kill();
                let _reaped = self.child.wait();
            }
        }
    }
}

pub fn kill(signal: &str, pid: &str) {
    let status = Command::new("kill")
        .args([&format!("-{signal}"), pid])
        .status();
    assert!(status.is_ok_and(|status| status.success()), "kill {pid}");
}

pub fn waited(mut is_so: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !is_so() {
        if begun.elapsed() > PATIENCE {
            return false;
        }
        thread::sleep(Duration::from_millis(20));
    }
    true
}

#[track_caller]
pub fn until(what: &str, is_so: impl FnMut() -> bool) {
    assert!(waited(is_so), "{what}");
}

/// Why a request has failed.
#[derive(Debug)]
pub enum Fault {
    Refused(std::io::Error),
    Lost(String),
}

/// Sends a request on a new connection, and returns the body of a 200.
pub fn get(addr: SocketAddr, path: &str) -> Result<String, Fault> {
    let response = send(
        addr,
        &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n"),
        "",
    )?;
    match response.strip_prefix("HTTP/1.1 200 ") {
        Some(rest) => Ok(rest
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body)
            .to_owned()),
        None => Err(Fault::Lost(response)),
    }
}

/// Sends a request, and returns the whole response.
pub fn send(addr: SocketAddr, head: &str, body: &str) -> Result<String, Fault> {
    let mut stream = TcpStream::connect(addr).map_err(Fault::Refused)?;
    let lost = |error: std::io::Error| Fault::Lost(error.to_string());
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .map_err(lost)?;
    let length = body.len();
    let request = format!("{head}connection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).map_err(lost)?;
    let mut response = String::new();
    stream.read_to_string(&mut response).map_err(lost)?;
    match response.is_empty() {
        true => Err(Fault::Lost("no response".to_owned())),
        false => Ok(response),
    }
}

/// Clients that send one request after another, each on a new connection.
pub struct Load {
    ends: Arc<AtomicBool>,
    pub counts: Arc<Counts>,
    clients: Vec<JoinHandle<()>>,
}

#[derive(Debug, Default)]
pub struct Counts {
    pub answered: AtomicU64,
    pub refused: AtomicU64,
    pub lost: AtomicU64,
}

impl Load {
    pub fn start(addr: SocketAddr, clients: usize) -> Self {
        let (ends, counts) = (Arc::<AtomicBool>::default(), Arc::<Counts>::default());
        let clients = (0..clients).map(|_| {
            let (ends, counts) = (Arc::clone(&ends), Arc::clone(&counts));
            thread::spawn(move || {
                while !ends.load(Relaxed) {
                    let count = match get(addr, "/pid") {
                        Ok(_) => &counts.answered,
                        Err(Fault::Refused(_)) => &counts.refused,
                        Err(Fault::Lost(_)) => &counts.lost,
                    };
                    count.fetch_add(1, Relaxed);
                    thread::sleep(Duration::from_millis(2));
                }
            })
        });
        Self {
            clients: clients.collect(),
            ends,
            counts,
        }
    }

    /// Stops the clients, and returns how many requests were answered, refused and lost.
    pub fn stop(self) -> (u64, u64, u64) {
        self.ends.store(true, Relaxed);
        for client in self.clients {
            client.join().expect("no panic");
        }
        let Counts {
            answered,
            refused,
            lost,
        } = &*self.counts;
        (
            answered.load(Relaxed),
            refused.load(Relaxed),
            lost.load(Relaxed),
        )
    }
}
