//! HTTP/2: the requirements of the RFC for a server, and resistance to floods.
//!
//! The cases follow those of h2spec. The client sends raw frames, since a library would not send invalid ones.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use futures_util::stream::repeat_with;

use highball::{Config, body::BodyStream, prelude::*, tokio};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};

mod case;
mod client;
mod frame;

mod connection_start;
mod disconnects;
mod floods;
mod frames;
mod hpack;
mod known_deviations;
mod limits;
mod messages;
mod neighbor;
mod path_spellings;
mod stalled_clients;
mod streams;

use client::PATIENCE;

#[get("/ping")]
async fn ping() -> &'static str {
    "pong"
}

#[post("/echo")]
async fn echo(body: Bytes) -> Bytes {
    body
}

#[get("/")]
async fn root() -> &'static str {
    "root"
}

/// Returns the host of the request, from its target and from its header.
#[get("/host")]
async fn host(cx: &Context<'_>) -> String {
    let authority = cx
        .uri()
        .authority()
        .map_or("", |authority| authority.as_str());
    format!("{authority} {}", cx.header("host").unwrap_or_default())
}

/// Never responds.
#[any("/hang/{gauge}")]
async fn hang(gauge: usize) {
    let _running = GAUGES[gauge].enter();
    std::future::pending().await
}

/// Never responds, and does not read its body.
#[post("/keep")]
async fn keep(body: BodyStream) {
    let _unread = body;
    std::future::pending().await
}

/// Responds with an endless body, and counts the bytes that are polled.
#[get("/pour/{gauge}")]
async fn pour(gauge: usize) -> Body {
    const CHUNK: &[u8] = &[b'x'; 1024];
    Body::stream(repeat_with(move || {
        GAUGES[gauge].now.fetch_add(CHUNK.len(), Relaxed);
        Ok::<_, Infallible>(CHUNK)
    }))
}

#[routes(app)]
struct Api(
    ping,
    echo,
    root,
    host,
    hang,
    keep,
    pour,
    disconnects::finish,
    path_spellings::odd,
);

/// One gauge for each test that counts, since tests run concurrently. The first one is for all other tests.
pub(crate) static GAUGES: [Gauge; 6] = [const { Gauge::new() }; 6];

/// A counter that also records its maximum.
pub(crate) struct Gauge {
    pub(crate) now: AtomicUsize,
    pub(crate) most: AtomicUsize,
}

impl Gauge {
    const fn new() -> Self {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { now, most }
    }

    fn enter(&self) -> impl Drop + '_ {
        let now = self.now.fetch_add(1, Relaxed) + 1;
        self.most.fetch_max(now, Relaxed);
        Running(self)
    }
}

struct Running<'g>(&'g Gauge);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Relaxed);
    }
}

/// A running server, and the channel that stops it.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self::start_on(listener, Config::default())
    }

    pub(crate) fn start_on(listener: TcpListener, config: Config) -> Self {
        let addr = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let serving = highball::serve(Api)
            .listen(listener)
            .config(config)
            .quiet()
            .stop(async {
                let _ = stopped.await;
            });
        let task = tokio::spawn(serving.into_future());
        Self { addr, stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).expect("it runs");
        let served = timeout(PATIENCE, self.task).await.expect("it stops");
        served.expect("it does not panic").expect("it serves");
    }
}
