//! A runtime that a handler blocks for ever ends the process, after the other runtimes have finished their requests.
//!
//! The server is a second process of this program, which exits.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use highball::{
    Config,
    battery::{Battery, Hooks},
    prelude::*,
    tokio,
};

/// The environment variable that makes this process the server, with the number of its workers.
const WORKERS: &str = "TESTS_END_WORKERS";
/// The exit code that the documentation names.
const BLOCKED: i32 = 70;

#[get("/wedge")]
async fn wedge() {
    #[expect(clippy::empty_loop, reason = "the mistake that the test is about")]
    loop {}
}

/// Responds with the name of its thread after a time in which a stop may begin.
#[get("/thread")]
async fn thread_name() -> String {
    tokio::time::sleep(millis(20)).await;
    thread::current().name().unwrap_or_default().to_owned()
}

#[routes(app)]
struct Api(wedge, thread_name);

#[routes(admin)]
struct Operators(highball::serve::livez);

/// Prints when it is closed.
struct Closing;

impl Battery for Closing {
    fn name(&self) -> String {
        "closing".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        hooks.on_close(secs(5), async {
            eprintln!("the battery is closed");
            Ok(())
        });
    }
}

/// Runs the server if this process is the server.
#[test]
fn server() {
    let Ok(workers) = env::var(WORKERS) else {
        return;
    };
    let workers = workers.parse().expect("a number");
    let config = Config::default()
        .workers(workers)
        .end_when_blocked(secs(2))
        .shutdown_delay(secs(1));
    let addr: SocketAddr = ([127, 0, 0, 1], 0).into();
    let serving = highball::serve(Api).listen(addr).config(config);
    let serving = serving.install(Closing).admin(Operators).admin_listen(addr);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime
        .expect("a runtime")
        .block_on(serving)
        .expect("it serves");
}

struct Server {
    child: Child,
    addr: String,
    says: mpsc::Receiver<(Instant, String)>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(workers: &str) -> Self {
        let mut child = Command::new(env::current_exe().expect("this program"))
            .args(["end_when_blocked::server", "--exact", "--nocapture"])
            .env(WORKERS, workers)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let mut lines = out.lines().map_while(Result::ok);
        let addr = lines.find_map(|line| {
            let (_, rest) = line.split_once("highball ")?.1.split_once("http://")?;
            rest.split(' ').next().map(str::to_owned)
        });
        thread::spawn(move || lines.count());
        let errors = BufReader::new(child.stderr.take().expect("its errors"));
        let (tx, says) = mpsc::channel();
        thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let _ = tx.send((Instant::now(), line));
            }
        });
        Self {
            child,
            addr: addr.expect("a line with the address"),
            says,
        }
    }

    /// Waits for a line with this text, and returns when it was written.
    fn says(&self, text: &str) -> (Instant, String) {
        loop {
            let line = self.says.recv_timeout(Duration::from_secs(30));
            let line = line.unwrap_or_else(|_| panic!("no line contains {text}"));
            if line.1.contains(text) {
                return line;
            }
        }
    }

    fn exit_code(&mut self) -> Option<i32> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("it does not end");
    }

    /// Blocks the thread of a connection for ever.
    fn wedge(&self) -> (Instant, TcpStream) {
        let mut stream = TcpStream::connect(&self.addr).expect("it listens");
        write_request(&mut stream, "/wedge").expect("it reads");
        (Instant::now(), stream)
    }
}

fn write_request(stream: &mut TcpStream, path: &str) -> std::io::Result<()> {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())
}

/// Sends a request on a kept connection. Returns the body, and whether the response closes the connection.
fn exchange(stream: &mut TcpStream) -> std::io::Result<(String, bool)> {
    write_request(stream, "/thread")?;
    let (mut head, mut byte) = (String::new(), [0]);
    while !head.ends_with("\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(char::from(byte[0]));
    }
    let head = head.to_lowercase();
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    let length = head.split_once("content-length: ").expect("a length").1;
    let length = length.split("\r\n").next().expect("a line").parse();
    let mut body = vec![0; length.expect("a number")];
    stream.read_exact(&mut body)?;
    let body = String::from_utf8(body).expect("a name");
    Ok((body, head.contains("connection: close")))
}

/// Opens connections until two runtimes have some, and returns all of them with their runtimes.
fn connect(addr: &str) -> Vec<(TcpStream, String)> {
    let mut open = Vec::new();
    while open.len() < 16 || open.iter().all(|(_, name)| *name == open[0].1) {
        assert!(open.len() < 200, "one runtime has all connections");
        let mut stream = TcpStream::connect(addr).expect("it listens");
        let (name, _) = exchange(&mut stream).expect("it answers");
        open.push((stream, name));
    }
    open
}

#[test]
fn other_runtimes_finish_their_requests_and_the_process_ends() {
    let mut server = Server::start("4");
    let mut open = connect(&server.addr);
    let (mut wedged, name) = open.pop().expect("a connection");
    let others: Vec<_> = open.into_iter().filter(|(_, of)| *of != name).collect();
    assert!(!others.is_empty());
    let load: Vec<_> = others
        .into_iter()
        .map(|(mut stream, name)| {
            // The client sends requests until the server closes the connection by a response.
            thread::spawn(move || {
                for count in 1_u32.. {
                    let (of, closes) = exchange(&mut stream).expect("no request is lost");
                    assert_eq!(of, name);
                    if closes {
                        return count;
                    }
                }
                0
            })
        })
        .collect();
    write_request(&mut wedged, "/wedge").expect("it reads");
    let begun = Instant::now();
    let (named, line) = server.says("has been blocked for");
    let took = named.duration_since(begun);
    assert!(line.contains("`GET /wedge` (server::end_when_blocked::wedge, "));
    assert!(line.contains("server/end_when_blocked.rs:"), "{line}");
    // Within 1.5 s on a free machine.
    assert!(took < Duration::from_secs(3), "{took:?}");
    println!("the handler was named after {took:?}");
    let (ends, line) = server.says("the process ends");
    assert!(line.contains("wedge"), "{line}");
    assert!(ends.duration_since(begun) >= Duration::from_millis(1_700));
    let counts: Vec<u32> = load
        .into_iter()
        .map(|client| client.join().expect("no request is lost"))
        .collect();
    assert!(counts.iter().all(|count| *count > 20), "{counts:?}");
    println!("{} requests of other runtimes", counts.iter().sum::<u32>());
    server.says("the battery is closed");
    assert_eq!(server.exit_code(), Some(BLOCKED));
}

#[test]
fn process_whose_runtimes_are_all_blocked_ends() {
    let mut server = Server::start("1");
    let _wedged = server.wedge();
    server.says("the process ends");
    server.says("the battery is closed");
    assert_eq!(server.exit_code(), Some(BLOCKED));
}

/// One of two threads that is blocked delays nothing. If both are, nothing can finish.
#[test]
fn runtime_of_several_threads_is_blocked_if_all_of_them_are() {
    let mut server = Server::start("0");
    let _first = server.wedge();
    server.says("has kept its thread busy");
    thread::sleep(Duration::from_secs(3));
    let mut stream = TcpStream::connect(&server.addr).expect("it listens");
    let answered = exchange(&mut stream);
    assert!(answered.is_ok(), "the other thread responds: {answered:?}");
    let _second = server.wedge();
    server.says("runtime 0 has been blocked for");
    server.says("the process ends");
    assert_eq!(server.exit_code(), Some(BLOCKED));
}
