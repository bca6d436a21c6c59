//! The server: listeners, connections, start and shutdown, threads, and forwarding headers.

mod admin;
mod battery;
mod blocked_threads;
mod bodies;
mod connections;
mod end_when_blocked;
mod forwarding_headers;
mod hooks;
mod listeners;
mod second_stop;
mod shutdown;
mod trusted_proxies;
mod workers;

use std::{
    future::{Future, IntoFuture},
    net::SocketAddr,
    time::Duration,
};

use highball::{prelude::*, serve::Serve, tokio};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

#[get("/ping")]
async fn ping() -> &'static str {
    "pong"
}

#[get("/peer")]
async fn peer(cx: &mut Context<'_>) -> String {
    cx.peer()
        .map_or_else(|| "nobody".to_owned(), |peer| peer.to_string())
}

#[routes(app)]
struct Api(ping, peer, highball::serve::livez, highball::serve::readyz);

/// Returns the server of any app.
fn server<A: highball::App>(app: impl highball::serve::Root<A>) -> Serve<A> {
    highball::serve(app)
}

struct Server {
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
}

impl Server {
    /// Serves the app of these tests.
    fn start(change: impl FnOnce(Serve<Api>) -> Serve<Api>) -> Self {
        Self::of(change(server(Api)))
    }

    fn of<A, K>(serving: Serve<A, K>) -> Self
    where
        Serve<A, K>: IntoFuture<Output = highball::Result, IntoFuture: Send + 'static>,
    {
        let (stop, stopped) = oneshot::channel();
        let serving = serving.quiet().stop(async {
            let _ = stopped.await;
        });
        let task = tokio::spawn(serving.into_future());
        Self { stop, task }
    }

    /// Waits for the server to end by itself.
    async fn ended(self) -> highball::Result {
        soon(self.task).await.expect("it does not panic")
    }

    async fn stop(self) -> highball::Result {
        let _ended_already = self.stop.send(());
        soon(self.task).await.expect("it does not panic")
    }
}

async fn soon<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("it is done in time")
}

/// Sends a preamble and a request, and returns the body of the response.
async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, before: &[u8], path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    stream.write_all(before).await.expect("it is sent");
    let _closed = stream.write_all(request.as_bytes()).await;
    let mut answer = String::new();
    let _cut = soon(stream.read_to_string(&mut answer)).await;
    let body = answer.split_once("\r\n\r\n");
    body.map(|(_, body)| body.to_owned()).unwrap_or_default()
}

async fn bound() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let addr = listener.local_addr().expect("it is bound");
    (listener, addr)
}

async fn connect(addr: SocketAddr) -> TcpStream {
    TcpStream::connect(addr).await.expect("it listens")
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            sleep(millis(2)).await;
        }
    };
    let waited = timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "{what}");
}

/// Reads until the connection is closed, and returns the text.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer))
        .await
        .expect("it is text");
    answer
}
