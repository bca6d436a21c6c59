//! How many commands a request sends to its store.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use highball_faults::Server;
use highball_session::store::Store;

use crate::{
    app::App,
    backends::{Keys, Schema},
};

/// The report of a server about the commands of its clients.
trait Log {
    /// Returns the commands since the last call.
    fn take(&mut self) -> Vec<String>;
}

/// The commands of Redis that clients send, without those that scripts run.
struct Monitor {
    lines: BufReader<TcpStream>,
    other: TcpStream,
}

impl Monitor {
    fn new(addr: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(addr).expect("Redis listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a timeout");
        stream.write_all(b"MONITOR\r\n").expect("Redis listens");
        let mut monitor = Self {
            lines: BufReader::new(stream),
            other: TcpStream::connect(addr).expect("Redis listens"),
        };
        monitor.take();
        monitor
    }
}

impl Log for Monitor {
    fn take(&mut self) -> Vec<String> {
        self.other
            .write_all(b"ECHO until-here\r\n")
            .expect("Redis listens");
        let mut commands = Vec::new();
        loop {
            let mut line = String::new();
            self.lines.read_line(&mut line).expect("Redis answers");
            if line.contains("\"until-here\"") {
                return commands;
            }
            // The first commands of a connection, and the scripts themselves, are sent once.
            let is_sent = line.contains('"') && !line.contains(" lua] ");
            let is_setup = ["CLIENT", "HELLO", "SCRIPT"]
                .iter()
                .any(|word| line.contains(word));
            if is_sent && !is_setup {
                commands.push(line);
            }
        }
    }
}

/// The statements in the log of PostgreSQL.
struct Statements<'s> {
    server: &'s Server,
    read: usize,
}

impl Log for Statements<'_> {
    fn take(&mut self) -> Vec<String> {
        let log = self.server.log();
        let new = log[self.read..]
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        self.read = log.len();
        let is_sent = |line: &String| line.contains(" execute ") || line.contains("statement: ");
        new.into_iter().filter(is_sent).collect()
    }
}

/// The number of commands of a request without a session, of one that reads, one that writes, and a login.
async fn costs(store: impl Store, log: &mut impl Log) -> [usize; 4] {
    let app = App::start(store);
    let id = app.begin("/a").await;
    // Connections are open, statements prepared and scripts sent.
    for _ in 0..3 {
        app.counts(&id).await;
        app.send("POST", "/a", &id).await;
        let other = app.begin("/a").await;
        app.send("POST", "/login", &other).await;
    }
    log.take();
    let mut costs = [0; 4];
    let requests = [
        ("GET", "/plain"),
        ("GET", "/counts"),
        ("POST", "/a"),
        ("POST", "/login"),
    ];
    for ((method, path), cost) in requests.into_iter().zip(&mut costs) {
        assert!(app.send(method, path, &id).await.status().is_success());
        *cost = log.take().len();
    }
    costs
}

async fn reads_in_an_idle_window(store: impl Store, log: &mut impl Log) -> Vec<String> {
    let app = App::start(store);
    let id = app.begin("/a").await;
    log.take();
    for _ in 0..1000 {
        app.counts(&id).await;
    }
    let commands = log.take();
    assert!(commands.len() >= 1000, "the log works");
    let is_write = |line: &String| !line.contains("HGETALL") && !line.contains("SELECT s.key");
    commands.into_iter().filter(is_write).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sends_few_commands_to_redis() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let keys = Keys::at(&server.url());
    let mut log = Monitor::new(server.addr());
    // The load, and the change. A login replaces the key, and stores the user.
    assert_eq!(costs(keys.store(), &mut log).await, [0, 1, 2, 4]);
    let writes = reads_in_an_idle_window(keys.store(), &mut log).await;
    assert_eq!(writes, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sends_few_statements_to_postgres() {
    let server = Server::postgres().setting("log_statement", "all");
    let Some(server) = server.start_or_skip().await else {
        return;
    };
    let schema = Schema::at(&server.url()).await;
    let mut log = Statements {
        server: &server,
        read: 0,
    };
    // The replacement of the key is a transaction: its begin, two statements, a check and its commit.
    assert_eq!(costs(schema.store(), &mut log).await, [0, 1, 2, 8]);
    let writes = reads_in_an_idle_window(schema.store(), &mut log).await;
    assert_eq!(writes, [""; 0]);
}
