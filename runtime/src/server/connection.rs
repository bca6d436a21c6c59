//! One connection: what its requests share, and the task that drives it.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::time::{sleep_until, timeout};

use super::activity::Activity;
#[cfg(feature = "http2")]
use super::driver::sniff;
use super::driver::{Cut, run};
use super::io::{Gathered, Io, Out};
use super::timer::{Seen, Timer};
use super::{Answer, Shared, service};

/// How long the rest of an unread request is thrown away, so that its client can read the answer.
const LINGER: Duration = Duration::from_secs(1);

/// What the requests of one connection share.
///
/// A request takes a reference to it, and to nothing else, so that counting references never
/// contends between cores.
#[derive(Debug)]
pub(crate) struct Connection<A> {
    pub(super) shared: Arc<Shared<A>>,
    pub(super) out: Out,
    pub(super) activity: Activity,
    peer: Option<SocketAddr>,
}

impl<A> Connection<A> {
    /// Returns the limits of the server.
    pub(crate) fn limits(&self) -> &super::Limits {
        &self.shared.limits
    }

    /// Returns the address of the other side.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Returns whether the server is stopping: the connection ends after the open requests.
    pub(crate) fn is_stopping(&self) -> bool {
        self.shared.stopping.has_begun()
    }

    pub(super) fn seen(&self, out: &Gathered) -> Seen {
        Seen {
            moment: self.activity.now(),
            stuck_at: out.stuck_at(),
        }
    }
}

/// Serves a connection to its end.
///
/// Its errors are its client's doing and end nothing but itself, so they are not passed on.
pub(super) async fn serve<A: Answer>(
    shared: Arc<Shared<A>>,
    stream: TcpStream,
    peer: Option<SocketAddr>,
) {
    // Small answers are sent whole: waiting to fill a packet would only delay them.
    let _best_effort = stream.set_nodelay(true);
    let (read, write) = stream.into_split();
    let connection = Arc::new(Connection {
        shared,
        out: Out::new(write),
        activity: Activity::default(),
        peer,
    });
    let head_ends = tokio::time::Instant::now() + connection.limits().head_timeout;
    let sleep = pin!(sleep_until(head_ends));
    let mut timer = Timer::new(sleep, connection.limits(), connection.activity.now());
    if let Ok(()) = drive(&connection, read, &mut timer).await {
        linger(&connection).await;
    }
}

/// Finds out which protocol the client speaks, and drives it.
#[cfg(feature = "http2")]
async fn drive<A: Answer>(
    connection: &Arc<Connection<A>>,
    read: OwnedReadHalf,
    timer: &mut Timer<'_>,
) -> Result<(), Cut> {
    let mut io = Io::new(connection.clone(), read);
    if !sniff(connection, &mut io, timer).await? {
        return drive_http1(connection, io, timer).await;
    }
    timer.multiplex();
    // HTTP/2 is the rarer guest: its state is boxed, or every connection would have room for it.
    Box::pin(drive_http2(connection, io, timer)).await
}

#[cfg(not(feature = "http2"))]
async fn drive<A: Answer>(
    connection: &Arc<Connection<A>>,
    read: OwnedReadHalf,
    timer: &mut Timer<'_>,
) -> Result<(), Cut> {
    drive_http1(connection, Io::new(connection.clone(), read), timer).await
}

async fn drive_http1<A: Answer>(
    connection: &Arc<Connection<A>>,
    io: Io<A>,
    timer: &mut Timer<'_>,
) -> Result<(), Cut> {
    let limits = connection.limits();
    let mut builder = http1::Builder::new();
    builder
        .half_close(true)
        .max_buf_size(limits.head)
        // The connection's own timer does it, without a box for every head.
        .header_read_timeout(None);
    if limits.headers != 100 {
        // hyper's default of 100 is on the stack, and any number that is set is on the heap.
        builder.max_headers(limits.headers);
    }
    let answering = connection.clone();
    let session = connection.shared.app.connect(connection.peer());
    let service =
        service_fn(move |request| service::exchange(answering.clone(), session.clone(), request));
    let driven = builder
        .serve_connection(TokioIo::new(io), service)
        .with_upgrades();
    run(connection, pin!(driven), timer).await
}

#[cfg(feature = "http2")]
async fn drive_http2<A: Answer>(
    connection: &Arc<Connection<A>>,
    io: Io<A>,
    timer: &mut Timer<'_>,
) -> Result<(), Cut> {
    let streams = super::http2::Streams::default();
    let answering = connection.clone();
    let session = connection.shared.app.connect(connection.peer());
    let service =
        service_fn(move |request| service::exchange(answering.clone(), session.clone(), request));
    let driven = super::http2::builder(connection.limits(), streams.clone())
        .serve_connection(TokioIo::new(io), service);
    let outcome = run(connection, pin!(driven), timer).await;
    streams.end().await;
    outcome
}

/// Throws away what a client still sends of a request that was answered before its end.
///
/// Closing a socket that holds unread bytes resets it, and the answer is lost with it.
async fn linger<A>(connection: &Connection<A>) {
    if !connection.activity.may_be_sending() {
        return;
    }
    let _out_of_time = timeout(LINGER, poll_fn(|cx| connection.poll_discard(cx))).await;
}

impl<A> Connection<A> {
    fn poll_discard(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut rest = [0; 4096];
        let out = self.out.lock();
        loop {
            match out.stream().try_read(&mut rest) {
                Ok(count) if count > 0 => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if out.stream().poll_read_ready(cx).is_pending() {
                        return Poll::Pending;
                    }
                }
                Ok(_) | Err(_) => return Poll::Ready(()),
            }
        }
    }
}
