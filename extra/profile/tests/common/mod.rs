//! The common part of the tests: a server that runs, requests, and decoded profiles.

#![allow(dead_code, unreachable_pub)]

use std::{
    hint::black_box,
    io::Read as _,
    net::SocketAddr,
    sync::OnceLock,
    time::{Duration, Instant},
};

use highball::{App, serve::Serve};
use prost::Message as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Mutex, MutexGuard, oneshot},
    task::{AbortHandle, JoinHandle},
};

#[path = "../../src/proto.rs"]
mod proto;

use proto::Profile;

/// Only one profile runs in a process, so tests that collect one wait for each other.
pub async fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::const_new(());
    ONE.lock().await
}

/// Uses the CPU.
#[inline(never)]
pub fn burn(rounds: u64) -> u64 {
    let mut sum = 0_u64;
    for number in 0..rounds {
        sum = black_box(sum.wrapping_mul(31).wrapping_add(number));
    }
    sum
}

/// Returns the rounds that take about a millisecond in this build.
pub fn rounds_of_a_millisecond() -> u64 {
    static ROUNDS: OnceLock<u64> = OnceLock::new();
    *ROUNDS.get_or_init(|| {
        let mut rounds = 1000;
        // On a busy machine a run is interrupted, so the fastest of some runs counts.
        while fastest(rounds) < Duration::from_millis(1) {
            rounds *= 2;
        }
        rounds
    })
}

fn fastest(rounds: u64) -> Duration {
    let runs = (0..10).map(|_| {
        let start = Instant::now();
        black_box(burn(rounds));
        start.elapsed()
    });
    runs.min().unwrap_or_default()
}

/// A server on a port of the system.
pub struct Running {
    pub addr: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<highball::Result>,
}

/// A response in its parts.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Running {
    /// Starts a server, and returns when it listens.
    pub async fn start<A, S>(serve: Serve<A, S>) -> Self
    where
        A: App,
        Serve<A, S>: Future<Output = highball::Result> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = serve
            .listen(listener)
            .quiet()
            .stop(async { drop(stopped.await) });
        Self {
            addr,
            stop,
            server: tokio::spawn(serving),
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        get(self.addr, path, "*/*").await
    }

    /// Sends one request after another until the handle is aborted.
    pub fn load(&self, paths: &'static [&'static str]) -> AbortHandle {
        let addr = self.addr;
        let load = tokio::spawn(async move {
            loop {
                for path in paths {
                    get(addr, path, "*/*").await;
                }
            }
        });
        load.abort_handle()
    }

    /// Stops the server.
    pub async fn stop(self) {
        drop(self.stop);
        self.server.await.expect("no panic").expect("no error");
    }
}

/// Connects and sends the request without reading.
pub async fn send(addr: SocketAddr, path: &str, accept: &str) -> TcpStream {
    let mut stream = TcpStream::connect(addr).await.expect("it listens");
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: {accept}\r\n\r\n"
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it reads");
    stream
}

pub async fn get(addr: SocketAddr, path: &str, accept: &str) -> Reply {
    let mut stream = send(addr, path, accept).await;
    let mut response = Vec::new();
    stream
        .read_to_end(&mut response)
        .await
        .expect("it responds");
    let end = response.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.expect("a head");
    let head = String::from_utf8(response[..end].to_vec()).expect("text");
    Reply {
        status: head[9..12].parse().expect("a status"),
        head,
        body: response[end + 4..].to_vec(),
    }
}

impl Reply {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    /// Decodes the profile in the body.
    pub fn profile(&self) -> Decoded {
        let mut bytes = Vec::new();
        let mut gzip = flate2::read::GzDecoder::new(&*self.body);
        gzip.read_to_end(&mut bytes).expect("gzip");
        Decoded(Profile::decode(&*bytes).expect("a profile"))
    }
}

/// A profile with its texts.
pub struct Decoded(pub(crate) Profile);

impl Decoded {
    pub fn text(&self, id: i64) -> &str {
        &self.0.string_table[usize::try_from(id).expect("an index")]
    }

    /// Returns the samples: the functions, innermost first, and the count.
    pub fn samples(&self) -> Vec<(Vec<&str>, i64)> {
        let function = |id: u64| {
            let mut functions = self.0.function.iter();
            let function = functions.find(|function| function.id == id);
            self.text(function.expect("a function").name)
        };
        let location = |id: &u64| {
            let mut locations = self.0.location.iter();
            let location = locations.find(|location| location.id == *id);
            location.expect("a location").line.iter()
        };
        let samples = self.0.sample.iter().map(|sample| {
            let lines = sample.location_id.iter().flat_map(location);
            let functions = lines.map(|line| function(line.function_id)).collect();
            (functions, sample.value[0])
        });
        samples.collect()
    }

    /// Returns the share of the samples for whose functions the predicate is true.
    pub fn share(&self, is_counted: impl Fn(&[&str]) -> bool) -> f64 {
        let samples = self.samples();
        let all: i64 = samples.iter().map(|(_, count)| count).sum();
        let counted = samples.iter().filter(|(stack, _)| is_counted(stack));
        let counted: i64 = counted.map(|(_, count)| count).sum();
        counted as f64 / all.max(1) as f64
    }
}
