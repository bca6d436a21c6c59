//! HTTP/2 as a served app speaks it: what the RFC requires of a server, and what floods do to it.
//!
//! The cases follow those of h2spec. A client sends raw frames, for a library would not send wrong
//! ones.

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
mod floods;
mod frames;
mod hpack;
mod known_deviations;
mod limits;
mod messages;
mod neighbor;
mod path_spellings;
mod shutdown;
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

/// Says for whom the request is, by its target and by its header.
#[get("/host")]
async fn host(cx: &Context<'_>) -> String {
    let authority = cx
        .uri()
        .authority()
        .map_or("", |authority| authority.as_str());
    format!("{authority} {}", cx.header("host").unwrap_or_default())
}

/// Is never answered.
#[any("/hang/{gauge}")]
async fn hang(gauge: usize) {
    let _running = GAUGES[gauge].enter();
    std::future::pending().await
}

/// Is never answered, and keeps its body unread.
#[post("/keep")]
async fn keep(body: BodyStream) {
    let _unread = body;
    std::future::pending().await
}

/// Answers with more than anybody takes, and counts what is taken.
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
    shutdown::finish,
    path_spellings::odd,
);

/// One for each test that counts, for tests run at once; the first is for those that do not.
pub(crate) static GAUGES: [Gauge; 6] = [const { Gauge::new() }; 6];

/// Counts what there is now, and notes the most.
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

/// A served app, and the way to stop it.
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
