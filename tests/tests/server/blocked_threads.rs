//! A handler that blocks its thread is reported by name while it blocks, on both kinds of runtime.
//!
//! The server is a second process of this program, since the report is written to its standard error. Its handler
//! blocks until the standard input is closed, so no test waits for a fixed time.

use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use highball::{Config, prelude::*};

/// The environment variable that makes this process the server, with the kind of its runtime.
const KIND: &str = "TESTS_BLOCKED_KIND";

#[get("/blocks/{id}")]
async fn blocks(id: u8) -> String {
    let mut rest = Vec::new();
    let _read = io::stdin().read_to_end(&mut rest);
    id.to_string()
}

#[get("/quick")]
async fn quick() -> &'static str {
    "quick"
}

#[routes(app)]
struct Blocking(blocks, quick);

/// Runs the server if this process is the server.
#[test]
fn server() {
    let Ok(kind) = env::var(KIND) else { return };
    let workers = usize::from(kind == "workers");
    let mut config = Config::default().workers(workers);
    if kind == "off" {
        config = config.slow_poll(Duration::ZERO).workers(1);
    }
    let addr: SocketAddr = ([127, 0, 0, 1], 0).into();
    let serving = highball::serve(Blocking).listen(addr).config(config);
    let serving = serving.admin(Operators).admin_listen(addr);
    highball::block_on(serving).expect("it serves");
}

#[routes(admin)]
struct Operators(highball::serve::livez);

struct Server {
    child: Child,
    /// The address of the routes for operators.
    admin: String,
    says: BufReader<std::process::ChildStderr>,
    addr: String,
}

impl Server {
    fn start(kind: &str) -> Self {
        let program = env::current_exe().expect("this program");
        let mut child = Command::new(program)
            .args(["blocked_threads::server", "--exact", "--nocapture"])
            .env(KIND, kind)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let mut lines = out.lines().map_while(Result::ok);
        let mut address = |name: &str| {
            lines.find_map(|line| {
                let (_, rest) = line.split_once(name)?.1.split_once("http://")?;
                rest.split(' ').next().map(str::to_owned)
            })
        };
        let (addr, admin) = (address("highball "), address("operators:"));
        // Read the rest of the output, so that the server can always write.
        std::thread::spawn(move || lines.count());
        let says = BufReader::new(child.stderr.take().expect("its errors"));
        let addr = addr.expect("a line with the address");
        let admin = admin.expect("a line with that of operators");
        Self {
            child,
            admin,
            says,
            addr,
        }
    }

    fn ask(&self, path: &str) -> TcpStream {
        send(&self.addr, path)
    }

    /// Returns the response of the liveness route to operators.
    fn alive(&self) -> String {
        let mut response = String::new();
        let mut stream = send(&self.admin, "/livez");
        stream.read_to_string(&mut response).expect("it answers");
        response
    }

    /// Waits for the line that contains this text.
    fn says(&mut self, text: &str) -> String {
        let mut lines = (&mut self.says).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains(text));
        line.unwrap_or_else(|| panic!("no line contains {text}"))
    }

    /// Unblocks the handler, and returns the response.
    fn release(&mut self, mut stream: TcpStream) -> String {
        drop(self.child.stdin.take());
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }
}

fn send(addr: &str, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(addr).expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    stream
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const HANDLER: &str = "`GET /blocks/{id}` (server::blocked_threads::blocks, ";

fn names_its_handler(kind: &str) -> (Server, TcpStream) {
    let mut server = Server::start(kind);
    let stream = server.ask("/blocks/7");
    let line = server.says("has kept its thread busy");
    assert!(line.starts_with(HANDLER), "{line}");
    assert!(line.contains("server/blocked_threads.rs:"), "{line}");
    assert!(line.contains("for more than 100ms: "), "{line}");
    (server, stream)
}

#[test]
fn blocking_handler_is_named_on_a_multi_thread_runtime() {
    let (mut server, stream) = names_its_handler("threads");
    let alive = server.alive();
    assert!(alive.starts_with("HTTP/1.1 200 "), "{alive}");
    let answer = server.release(stream);
    assert!(answer.ends_with("\r\n\r\n7"), "{answer}");
}

#[test]
fn blocking_handler_is_named_on_a_worker() {
    let (mut server, stream) = names_its_handler("workers");
    let line = server.says("runtime 0 has been blocked for");
    assert!(line.contains(HANDLER), "{line}");
    let alive = server.alive();
    assert!(
        alive.starts_with("HTTP/1.1 503 ") && alive.contains("blocked"),
        "{alive}"
    );
    let answer = server.release(stream);
    assert!(answer.ends_with("\r\n\r\n7"), "{answer}");
}

#[test]
fn without_slow_poll_no_handler_is_named() {
    let mut server = Server::start("off");
    let stream = server.ask("/blocks/7");
    // The runtime is still reported: it is the first line of the output.
    let line = server.says("");
    assert!(line.starts_with("runtime 0 has been blocked"), "{line}");
    assert!(line.contains(" by a handler: "), "{line}");
    let answer = server.release(stream);
    assert!(answer.ends_with("\r\n\r\n7"), "{answer}");
}
