//! A peer as a process, and a client for raw requests.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// A time limit that is longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server, which is killed on drop.
pub(crate) struct Peer {
    child: Child,
    addr: SocketAddr,
}

impl Peer {
    /// Starts the server on a free port, and waits until it listens.
    pub(crate) fn start(program: &str, threads: u16) -> Self {
        let addr = free_addr();
        let child = Command::new(program)
            .env("PORT", addr.port().to_string())
            .env("THREADS", threads.to_string())
            .stdin(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut peer = Self { child, addr };
        peer.wait();
        peer
    }

    /// Opens a connection.
    pub(crate) fn connect(&self) -> Client {
        Client::of(TcpStream::connect(self.addr).expect("it listens"))
    }

    // The servers do not report when they listen, so this tries to connect until it succeeds.
    fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(self.addr).is_err() {
            let ended = self.child.try_wait().expect("it can be asked");
            assert!(ended.is_none(), "{ended:?}");
            assert!(begun.elapsed() < PATIENCE, "it does not listen");
            thread::yield_now();
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The process may have ended already.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// Returns an address that was free when it was checked.
fn free_addr() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("it has an address")
}

/// A response.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// Returns the value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = pairs.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }

    /// Returns the body as JSON, and checks its content type.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_str(&self.body).expect("it is JSON")
    }

    /// Checks that the body is plain text.
    pub(crate) fn check_text(&self, text: &str, request: &str) {
        assert_eq!((self.status, self.body.as_str()), (200, text), "{request}");
        let media_type = self.header("content-type").unwrap_or_default();
        assert!(
            media_type.starts_with("text/plain"),
            "{request}: {media_type}"
        );
    }
}

/// A connection for several requests.
pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    fn of(stream: TcpStream) -> Self {
        let timeout = stream.set_read_timeout(Some(PATIENCE));
        timeout.expect("a timeout can be set");
        Self(BufReader::new(stream))
    }

    /// Sends a request without a body.
    pub(crate) fn send(&mut self, method: &str, path: &str, headers: &str) -> Answer {
        self.send_request(method, path, headers, "")
    }

    /// Sends a GET request.
    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "")
    }

    /// Sends a POST request with JSON.
    pub(crate) fn post(&mut self, path: &str, body: &str) -> Answer {
        let length = body.len();
        let headers = format!("content-type: application/json\r\ncontent-length: {length}\r\n");
        self.send_request("POST", path, &headers, body)
    }

    fn send_request(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n{body}");
        let sent = self.0.get_mut().write_all(request.as_bytes());
        sent.expect("it is sent");
        self.read(&request)
    }

    fn read(&mut self, request: &str) -> Answer {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = self.0.read_line(&mut head).expect("it answers");
            assert_ne!(read, 0, "no answer to {request}");
        }
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut answer = Answer {
            status: status.expect("it has a status"),
            head,
            body: String::new(),
        };
        let length = answer.header("content-length").expect("it has a length");
        let length = length.parse().expect("its length is a number");
        let body = Read::by_ref(&mut self.0).take(length);
        let read = { body }.read_to_string(&mut answer.body);
        assert_eq!(read.expect("its body comes") as u64, length, "{request}");
        answer
    }
}
