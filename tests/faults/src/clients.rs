//! HTTP clients that leave.

mod outcome;
mod plan;
mod request;
mod response;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time;

use self::outcome::End;
pub use self::outcome::Outcome;
use self::plan::{Departure, departure};
pub use self::plan::{Leave, Part};
use self::request::Request;
use self::response::Response;

/// HTTP/1.1 clients that send a request, or a part of it, and close the connection after a while.
///
/// When a client leaves, and which part it sends, depends only on the seed and the number of the client. The times at
/// which the server responds do not.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use highball_faults::{Clients, Leave, Part};
///
/// # async fn test(addr: std::net::SocketAddr) {
/// let outcome = Clients::of(addr)
///     .post("/orders", "{\"item\": 7}")
///     .concurrency(16)
///     .part(Part::Any)
///     .leave(Leave::Between(Duration::ZERO, Duration::from_millis(20)))
///     .seed(7)
///     .run(1000)
///     .await;
/// assert_eq!(outcome.sent, 1000);
/// println!("{} left, {} got 200", outcome.left, outcome.answered_with(200));
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "clients are sent by `run` or `half_body`"]
pub struct Clients {
    addr: SocketAddr,
    request: Request,
    concurrency: usize,
    part: Part,
    leave: Leave,
    seed: u64,
}

/// Clients that have sent half of a body and wait. They leave when this is dropped.
#[derive(Debug)]
#[must_use = "the clients leave when this is dropped"]
pub struct Waiting {
    streams: Vec<TcpStream>,
    failed: usize,
}

impl Clients {
    /// Returns clients of a server that send `GET /`, one after the other, and leave within 10 ms.
    pub fn of(addr: SocketAddr) -> Self {
        Self {
            addr,
            request: Request::get(addr, "/"),
            concurrency: 1,
            part: Part::Whole,
            leave: Leave::Between(Duration::ZERO, Duration::from_millis(10)),
            seed: 0,
        }
    }

    /// Sends `GET` requests of a path.
    pub fn get(mut self, path: &str) -> Self {
        self.request = Request::get(self.addr, path);
        self
    }

    /// Sends `POST` requests with a JSON body.
    pub fn post(mut self, path: &str, body: impl AsRef<[u8]>) -> Self {
        self.request = Request::post(self.addr, path, body.as_ref());
        self
    }

    /// Sends these bytes. The head ends with the first empty line.
    ///
    /// A request without `Connection: close` keeps its connection, and its response must have a length or be chunked.
    pub fn bytes(mut self, request: impl Into<Vec<u8>>) -> Self {
        self.request = Request::of(request.into());
        self
    }

    /// Sets how many clients are connected at once.
    pub fn concurrency(mut self, clients: usize) -> Self {
        self.concurrency = clients.max(1);
        self
    }

    /// Sets which part of the request is sent.
    pub fn part(mut self, part: Part) -> Self {
        self.part = part;
        self
    }

    /// Sets when a client leaves, from the time at which its part is sent.
    pub fn leave(mut self, leave: Leave) -> Self {
        self.leave = leave;
        self
    }

    /// Sets the seed of the pseudo-random times and parts.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Returns when each of `n` clients leaves, and which part of the request it sends.
    ///
    /// ```
    /// use highball_faults::Clients;
    ///
    /// let clients = Clients::of(([127, 0, 0, 1], 80).into());
    /// assert_eq!(clients.clone().seed(1).plan(10), clients.clone().seed(1).plan(10));
    /// assert_ne!(clients.clone().seed(1).plan(10), clients.seed(2).plan(10));
    /// ```
    pub fn plan(&self, n: usize) -> Vec<(Duration, Part)> {
        let departures = (0..n).map(|client| self.departure(client));
        departures.map(|each| (each.after, each.part)).collect()
    }

    /// Sends `n` clients, and returns when the last one has left.
    pub async fn run(&self, n: usize) -> Outcome {
        let next = Arc::new(AtomicUsize::new(0));
        let mut workers = JoinSet::new();
        for _ in 0..self.concurrency.min(n) {
            workers.spawn(work(self.clone(), Arc::clone(&next), n));
        }
        let mut outcome = Outcome::default();
        for part in workers.join_all().await {
            outcome.merge(&part);
        }
        outcome
    }

    /// Connects `n` clients at once, which send the head and half of the body, and wait.
    ///
    /// # Panics
    ///
    /// Panics if the request has no body.
    pub async fn half_body(&self, n: usize) -> Waiting {
        assert!(self.request.has_body(), "the request has no body");
        let mut clients = JoinSet::new();
        for _ in 0..n {
            let (addr, request) = (self.addr, self.request.clone());
            clients.spawn(async move { connect(addr, request.part(Part::HalfBody)).await.ok() });
        }
        let streams: Vec<TcpStream> = clients.join_all().await.into_iter().flatten().collect();
        let failed = n - streams.len();
        Waiting { streams, failed }
    }

    fn departure(&self, client: usize) -> Departure {
        departure(self.seed, client, self.leave, self.part)
    }

    async fn one(&self, client: usize) -> End {
        let departure = self.departure(client);
        let bytes = self.request.part(departure.part);
        let Ok(mut stream) = connect(self.addr, bytes).await else {
            return End::Failed;
        };
        let mut response = Response::default();
        let read = response.read(&mut stream);
        let left = time::timeout(departure.after, read).await.is_err();
        End::of(&response, left)
    }
}

impl Waiting {
    /// Returns how many clients are connected.
    pub fn len(&self) -> usize {
        self.streams.len()
    }

    /// Returns whether no client could connect.
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// Waits for the responses to the incomplete requests. Clients without a response leave after `patience`.
    pub async fn leave_after(self, patience: Duration) -> Outcome {
        let mut clients = JoinSet::new();
        for mut stream in self.streams {
            clients.spawn(async move {
                let mut response = Response::default();
                let left = time::timeout(patience, response.read(&mut stream))
                    .await
                    .is_err();
                End::of(&response, left)
            });
        }
        let mut outcome = Outcome::default();
        for end in clients.join_all().await {
            outcome.add(end);
        }
        for _ in 0..self.failed {
            outcome.add(End::Failed);
        }
        outcome
    }
}

/// Runs clients, one after the other, until all have run.
async fn work(clients: Clients, next: Arc<AtomicUsize>, n: usize) -> Outcome {
    let mut outcome = Outcome::default();
    loop {
        let client = next.fetch_add(1, Ordering::Relaxed);
        if client >= n {
            return outcome;
        }
        outcome.add(clients.one(client).await);
    }
}

async fn connect(addr: SocketAddr, bytes: &[u8]) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    stream.write_all(bytes).await?;
    Ok(stream)
}
