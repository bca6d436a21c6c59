//! Measures the latency of orders while many reports are requested, with and without priorities.
//!
//! ```sh
//! cargo run -p shop --release --bin load > /dev/null
//! ```
//!
//! The database of the shop runs 800 queries a second. The orders need 120 of them, and the reports of a rush need
//! 1,600. The results are printed to standard error, and the log of the shop to standard output.

use std::{
    future::IntoFuture,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use highball::{
    json,
    serde_json::{Value, from_slice},
    tokio::{
        self,
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        time::sleep,
    },
};
use shop::{Api, AppState, capacity};

/// The duration of a measurement.
const RUSH: Duration = Duration::from_secs(5);

/// The interval of orders, and of reports during a rush.
const ORDERS: Duration = Duration::from_millis(25);
const REPORTS: Duration = Duration::from_millis(5);

#[highball::main]
async fn main() -> highball::Result {
    eprintln!("orders, 40 a second:                 sent   201   503     p50     p99");
    rush("without a rush", true, false).await?;
    let guarded = rush("in a rush, with priorities", true, true).await?;
    let unguarded = rush("in a rush, without", false, true).await?;
    let times = unguarded.as_secs_f64() / guarded.as_secs_f64();
    eprintln!("without priorities 99 of 100 orders take up to {times:.0} times as long");
    Ok(())
}

/// Sends orders, and reports if `is_rush`. Returns the time that 99 of 100 orders did not exceed.
async fn rush(name: &str, has_capacity: bool, is_rush: bool) -> highball::Result<Duration> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Arc::new(Client::new(listener.local_addr()?));
    let server = highball::serve(Api)
        .state(AppState::with_accounts()?)
        .listen(listener)
        .quiet();
    let server = match has_capacity {
        true => server.capacity(capacity()),
        false => server,
    };
    let server = tokio::spawn(server.into_future());
    let (zoe, carl) = (client.log_in("zoe").await?, client.log_in("carl").await?);
    let wish = json!({ "product": 1 }).to_string();
    let order = format!(
        "POST /orders HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer {zoe}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{wish}",
        wish.len()
    );
    let report = format!(
        "GET /office/report HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer {carl}\r\n\r\n"
    );
    let reports = async {
        if is_rush {
            send(&client, &report, REPORTS).await;
        }
    };
    let (mut answers, ()) = tokio::join!(send(&client, &order, ORDERS), reports);
    server.abort();
    answers.sort_by_key(|answer| answer.took);
    let count = |status| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    let percent = |n: usize| answers[answers.len() * n / 100].took;
    let (sent, made, refused) = (answers.len(), count(201), count(503));
    let (p50, p99) = (percent(50), percent(99));
    eprintln!("  {name:<33}{sent:>6}{made:>6}{refused:>6}{p50:>8.0?}{p99:>8.0?}");
    Ok(p99)
}

/// A response and its latency.
struct Answer {
    status: u16,
    took: Duration,
}

/// Sends a request at a fixed interval, without waiting for the responses.
async fn send(client: &Arc<Client>, request: &str, every: Duration) -> Vec<Answer> {
    let start = Instant::now();
    let mut sent = Vec::new();
    let mut next = start;
    while start.elapsed() < RUSH {
        let (client, request) = (Arc::clone(client), request.to_owned());
        sent.push(tokio::spawn(async move {
            let start = Instant::now();
            let (status, _) = client.ask(&request).await?;
            let took = start.elapsed();
            highball::Result::Ok(Answer { status, took })
        }));
        next += every;
        sleep(next.saturating_duration_since(Instant::now())).await;
    }
    let mut answers = Vec::new();
    for answer in sent {
        answers.extend(answer.await.ok().and_then(Result::ok));
    }
    answers
}

/// A client that reuses its connections.
struct Client {
    address: SocketAddr,
    idle: Mutex<Vec<TcpStream>>,
}

impl Client {
    fn new(address: SocketAddr) -> Self {
        let idle = Mutex::default();
        Self { address, idle }
    }

    /// Logs in and returns the token.
    async fn log_in(&self, name: &str) -> highball::Result<String> {
        let body = json!({ "name": name, "password": name }).to_string();
        let request = format!(
            "POST /login HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let (_, answer) = self.ask(&request).await?;
        let session: Value = from_slice(&answer)?;
        let token = session["token"].as_str();
        token
            .map(str::to_owned)
            .ok_or_else(|| highball::Error::new("the login failed"))
    }

    /// Sends a request and returns the status and the body of the response.
    async fn ask(&self, request: &str) -> highball::Result<(u16, Vec<u8>)> {
        let idle = self.idle().pop();
        let mut stream = match idle {
            Some(stream) => stream,
            None => TcpStream::connect(self.address).await?,
        };
        stream.write_all(request.as_bytes()).await?;
        let answer = read(&mut stream).await?;
        self.idle().push(stream);
        Ok(answer)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        self.idle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Reads a response with `Content-Length`.
async fn read(stream: &mut TcpStream) -> highball::Result<(u16, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(highball::Error::new("the connection was closed"));
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, _)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let after = |before: &str| head.split_once(before).map(|(_, rest)| rest);
        let status = after(" ").and_then(|rest| rest.get(..3)?.parse().ok());
        let len = after("content-length: ").and_then(|rest| rest.lines().next()?.parse().ok());
        let len: usize = len.unwrap_or_default();
        let start = head.len() + 4;
        if bytes.len() >= start + len {
            return Ok((
                status.unwrap_or_default(),
                bytes[start..start + len].to_vec(),
            ));
        }
    }
}
