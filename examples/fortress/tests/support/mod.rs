//! The server as a child process, and a client that sends raw text.

// Each test file uses only a part of this module.
#![allow(dead_code)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// The time after which a test fails. Every step takes much less.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running server, which is killed when this value is dropped.
pub(crate) struct Fortress {
    pub(crate) child: Child,
    pub(crate) addr: SocketAddr,
    pub(crate) errors: mpsc::Receiver<String>,
}

impl Fortress {
    /// Starts the server on a free port with these environment variables.
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_fortress")), variables)
    }

    /// Starts the server with a shell command, in which `$0` is the program.
    pub(crate) fn start_in_shell(command: &str, variables: &[(&str, &str)]) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", command, env!("CARGO_BIN_EXE_fortress")]);
        Self::start_by(shell, variables)
    }

    pub(crate) fn start_by(mut command: Command, variables: &[(&str, &str)]) -> Self {
        command.env("HOST", "127.0.0.1").env("PORT", "0");
        command.envs(variables.iter().copied());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let errors = lines(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        output
            .read_line(&mut line)
            .expect("a line with the address");
        let Some(addr) = address(&line) else {
            let said: Vec<_> = errors.iter().collect();
            panic!("{line:?} {said:?}");
        };
        thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Self {
            child,
            addr,
            errors,
        }
    }

    pub(crate) fn connect(&self) -> Client {
        Client::to(self.addr)
    }

    /// Sends a request and returns the status of the response.
    pub(crate) fn status(&self, path: &str) -> u16 {
        self.connect().get(path).status
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits until the server exits. Returns the exit code and the standard error.
    pub(crate) fn wait(&mut self) -> (Option<i32>, String) {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                let said: Vec<_> = self.errors.iter().collect();
                return (status.code(), said.join("\n"));
            }
            assert!(begun.elapsed() < PATIENCE, "the server does not exit");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns the resident memory of the server in KiB, from `/proc/ID/status`.
    pub(crate) fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number
            .and_then(|number| number.parse().ok())
            .expect("a number")
    }

    /// Returns the CPU time that the server has used.
    pub(crate) fn cpu_time(&self) -> Duration {
        let path = format!("/proc/{}/stat", self.child.id());
        let stat = fs::read_to_string(path).expect("it runs");
        let (_, fields) = stat.rsplit_once(") ").expect("it has a name");
        let ticks: u64 = fields
            .split(' ')
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<u64>().expect("a number"))
            .sum();
        // Linux counts in ticks of 10 ms.
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Fortress {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (tx, rx) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if tx.send(line).is_err() {
                return;
            }
        }
    });
    rx
}

fn address(line: &str) -> Option<SocketAddr> {
    let (_, url) = line.split_once("://")?;
    url.split([' ', ',']).next()?.parse().ok()
}

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn to(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).expect("it listens");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a time can be set");
        stream.set_nodelay(true).expect("it can be set");
        Self {
            stream,
            read: Vec::new(),
        }
    }

    pub(crate) fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).expect("it is sent");
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"));
        self.answer().expect("it answers")
    }

    /// Reads a response with `Content-Length`. Returns `None` if the connection is closed.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        loop {
            if let Some(answer) = self.whole() {
                return Some(answer);
            }
            let mut piece = [0; 4096];
            match self.stream.read(&mut piece) {
                Ok(count) if count > 0 => self.read.extend_from_slice(&piece[..count]),
                Ok(_) => return None,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no answer: {error}"),
            }
        }
    }

    fn whole(&mut self) -> Option<Answer> {
        let end = self.read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let head = String::from_utf8_lossy(&self.read[..end]).into_owned();
        let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
            let digits = rest.split("\r\n").next().unwrap_or_default();
            digits.parse().expect("a number")
        });
        if self.read.len() < end + length {
            return None;
        }
        let body = self.read[end..end + length].to_vec();
        self.read.drain(..end + length);
        Some(Answer {
            status: head[9..12].parse().expect("a status"),
            head,
            body,
        })
    }

    /// Reads until the connection is closed, and returns the text.
    pub(crate) fn rest(&mut self) -> String {
        let mut rest = std::mem::take(&mut self.read);
        let _cut_off = self.stream.read_to_end(&mut rest);
        String::from_utf8_lossy(&rest).into_owned()
    }
}
