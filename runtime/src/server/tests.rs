//! Tests of the server over real sockets, with an application whose path selects its behaviour.

use std::future::{Future, pending, poll_fn};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, request::Parts};
use http_body::Frame;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, split};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::{
    listener::{Accepted, ConnectionSource, CustomListener},
    preamble::Preamble,
    socket::Socket,
    *,
};
use crate::body::{Body, BoxError, produce};

mod http1;
#[cfg(feature = "http2")]
mod http2;
mod resting;
mod stopping;
mod timeouts;
mod upgrades;

/// The most that `/echo` reads of a body, in bytes.
const BODY_LIMIT: u64 = 1024 * 1024;

/// More bytes than the socket buffers hold, if the client's is small.
const LARGE: usize = 8 << 20;

/// A test that waits for this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// An application whose path selects its behaviour.
#[derive(Default)]
struct App {
    /// The number of requests that were started.
    begun: AtomicUsize,
    /// Notified when `/wait` has started, or when the body of `/endless` is polled.
    waiting: Notify,
    /// Notified when the handler of `/wait`, or the body of `/endless`, is dropped.
    dropped: Notify,
    /// Notified when a body could not be read.
    failed: Notify,
    /// Whether a background task runs, which never ends.
    goes_on: AtomicBool,
}

impl HttpApp for App {
    type Session = Arc<Self>;

    fn connect(self: &Arc<Self>, _: &Transport) -> Arc<Self> {
        Arc::clone(self)
    }

    type RoutedRequest = (Arc<Self>, Request<RequestBody>);

    fn route(app: Arc<Self>, head: Parts, body: RequestBody) -> Self::RoutedRequest {
        (app, Request::from_parts(head, body))
    }

    async fn respond((app, mut request): Self::RoutedRequest) -> Response {
        app.begun.fetch_add(1, Ordering::SeqCst);
        match request.uri().path() {
            "/echo" => match request.body_mut().read(BODY_LIMIT).await {
                Ok(bytes) => Response::new(bytes),
                Err(crate::body::ReadError::TooLarge) => with_status(StatusCode::PAYLOAD_TOO_LARGE),
                Err(_) => {
                    app.failed.notify_one();
                    with_status(StatusCode::BAD_REQUEST)
                }
            },
            "/wait" => {
                let _dropped = Dropped(app.clone());
                app.waiting.notify_one();
                pending().await
            }
            "/pause" => {
                tokio::task::yield_now().await;
                Response::new(Body::from("paused"))
            }
            "/go-on" => {
                app.goes_on.store(true, Ordering::SeqCst);
                Response::new(Body::from("begun"))
            }
            "/large" => Response::new(Body::from(vec![b'x'; LARGE])),
            "/torn" => Response::new(pieces([Ok("piece"), Err("torn".into())])),
            "/pieces" => Response::new(pieces([Ok("one, "), Ok("two")])),
            "/endless" => Response::new(Body::new(Endless(Dropped(app)))),
            "/upgrade" => upgrade(&mut request),
            path => Response::new(Body::from(path.to_owned())),
        }
    }

    fn reject(reason: InvalidRequest) -> Response {
        with_status(reason.status())
    }

    async fn wait_for_tasks(&self) {
        if self.goes_on.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
    }
}

fn with_status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    response.set_status(status);
    response
}

/// Responds with 101 and then echoes the stream.
fn upgrade(request: &mut Request<RequestBody>) -> Response {
    let upgraded = hyper::upgrade::on(request);
    tokio::spawn(async move {
        let (mut from, mut to) = split(TokioIo::new(upgraded.await.expect("it upgrades")));
        copy(&mut from, &mut to).await
    });
    let mut response = with_status(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert("connection", HeaderValue::from_static("upgrade"));
    headers.insert("upgrade", HeaderValue::from_static("echo"));
    response
}

/// Notifies the application when it is dropped.
struct Dropped(Arc<App>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.dropped.notify_one();
    }
}

/// Creates a body without a known length.
fn pieces(pieces: [Result<&'static str, BoxError>; 2]) -> Body {
    Body::stream(produce(|sender| async move {
        for piece in pieces {
            sender.send(piece).await;
        }
    }))
}

/// A body that never ends.
struct Endless(Dropped);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.0.0.waiting.notify_one();
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(
            &[b'x'; 16 * 1024],
        )))))
    }
}

/// A running server.
struct Server {
    app: Arc<App>,
    address: SocketAddr,
    stop: Arc<Notify>,
    task: JoinHandle<std::io::Result<Report>>,
}

async fn start(config: Config) -> Server {
    let listener =
        bind_socket::bind_tcp(([127, 0, 0, 1], 0).into(), false, false).expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let mut server = start_on(ConnectionSource::Tcp(listener), config);
    server.address = address;
    server
}

fn start_on(source: ConnectionSource, config: Config) -> Server {
    let address = ([127, 0, 0, 1], 0).into();
    let bound = Bound::new(source, Preamble::default(), false).expect("it is bound");
    let (app, stop) = (Arc::new(App::default()), Arc::new(Notify::new()));
    let stop_requests = StopOnNotify(stop.clone());
    let most = config.max_connections;
    let shared = Arc::new(Shared::new(app.clone(), config, Clock::default(), None, 1));
    let task = tokio::spawn(run(shared, vec![bound], most, stop_requests));
    Server {
        app,
        address,
        stop,
        task,
    }
}

/// Requests a stop each time it is notified.
struct StopOnNotify(Arc<Notify>);

impl Stop for StopOnNotify {
    async fn wait_for_stop(&mut self) {
        self.0.notified().await;
    }
}

impl Server {
    async fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.address).await.expect("it listens");
        Client {
            stream,
            read: Vec::new(),
        }
    }

    async fn stop(self) -> Report {
        self.stop.notify_one();
        self.stopped().await
    }

    async fn stopped(self) -> Report {
        soon(self.task)
            .await
            .expect("it does not panic")
            .expect("it ran")
    }
}

async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("it is done in time")
}

/// A client that sends any text, valid or not.
struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    async fn send(&mut self, text: &str) {
        self.stream
            .write_all(text.as_bytes())
            .await
            .expect("it is sent");
    }

    async fn get(&mut self, path: &str) -> String {
        self.send(&get(path)).await;
        self.answer().await
    }

    /// Reads one response with a length. Returns its head and body.
    async fn answer(&mut self) -> String {
        soon(async {
            loop {
                if let Some(len) = whole_answer(&self.read) {
                    let answer = self.read.drain(..len).collect();
                    return String::from_utf8(answer).expect("it is text");
                }
                let count = self
                    .stream
                    .read_buf(&mut self.read)
                    .await
                    .expect("it is read");
                assert_ne!(
                    count,
                    0,
                    "the server closed: {:?}",
                    self.read.escape_ascii()
                );
            }
        })
        .await
    }

    /// Reads until the server closes.
    async fn rest(&mut self) -> String {
        soon(async {
            while self
                .stream
                .read_buf(&mut self.read)
                .await
                .is_ok_and(|count| count > 0)
            {}
        })
        .await;
        String::from_utf8_lossy(&std::mem::take(&mut self.read)).into_owned()
    }
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n")
}

/// Returns the length of the first response, if it has arrived completely.
fn whole_answer(read: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(read);
    let head = text.find("\r\n\r\n")? + 4;
    let (_, after) = text[..head].split_once("content-length: ")?;
    let body: usize = after.split("\r\n").next()?.parse().ok()?;
    (read.len() >= head + body).then_some(head + body)
}
