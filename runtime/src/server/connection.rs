//! One connection: what its requests share, and the task that drives it.

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
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
use super::io::{Gathered, Io, Out};
use super::timer::{Phase, Seen, Timer};
use super::{Answer, Shared, service};

/// How long a stopping server waits for a head that has begun, or for the first one.
const LAST_HEAD: Duration = Duration::from_secs(1);
/// How long the rest of an unread request is thrown away, so that its client can read the answer.
const LINGER: Duration = Duration::from_secs(1);

/// What the requests of one connection share.
///
/// A request takes a reference to it, and to nothing else, so that counting references never
/// contends between cores.
#[derive(Debug)]
pub struct Connection<A> {
    pub(super) shared: Arc<Shared<A>>,
    pub(super) out: Out,
    pub(super) activity: Activity,
    peer: Option<SocketAddr>,
}

impl<A> Connection<A> {
    /// Returns the application.
    pub fn app(&self) -> &A {
        &self.shared.app
    }

    /// Returns the limits of the server.
    pub fn limits(&self) -> &super::Limits {
        &self.shared.limits
    }

    /// Returns the address of the other side.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Returns the address at which the server listens.
    pub fn local(&self) -> Option<SocketAddr> {
        self.shared.local
    }

    /// Returns whether the server is stopping: the connection ends after the open requests.
    pub fn is_stopping(&self) -> bool {
        self.shared.stopping.has_begun()
    }

    fn seen(&self, out: &Gathered) -> Seen {
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
    let session = connection.app().connect(connection.peer());
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
    let session = connection.app().connect(connection.peer());
    let service =
        service_fn(move |request| service::exchange(answering.clone(), session.clone(), request));
    let driven = super::http2::builder(connection.limits(), streams.clone())
        .serve_connection(TokioIo::new(io), service);
    let outcome = run(connection, pin!(driven), timer).await;
    streams.end().await;
    outcome
}

/// The connection ends at once: there is no one to say goodbye to.
#[derive(Debug)]
struct Cut;

/// Waits for the bytes that tell the protocol; the first head's time runs meanwhile.
#[cfg(feature = "http2")]
async fn sniff<A>(
    connection: &Connection<A>,
    io: &mut Io<A>,
    timer: &mut Timer<'_>,
) -> Result<bool, Cut> {
    let mut stopped = pin!(connection.shared.stopping.begun());
    let mut told = false;
    poll_fn(|cx| {
        if let Poll::Ready(outcome) = io.poll_is_http2(cx) {
            return Poll::Ready(outcome.map_err(|_| Cut));
        }
        let _only_wakes = stopped.as_mut().poll(cx);
        if connection.is_stopping() && !told {
            told = true;
            timer.finish_within(LAST_HEAD);
        }
        let seen = connection.seen(&connection.out.lock());
        timer.poll(cx, seen).map(|_| Err(Cut))
    })
    .await
}

/// hyper's connections, as the driver sees them.
trait Driven: Future<Output = hyper::Result<()>> {
    fn finish(self: Pin<&mut Self>);
}

impl<I, B, S> Driven for http1::UpgradeableConnection<I, S>
where
    S: hyper::service::HttpService<hyper::body::Incoming, ResBody = B>,
    S::Error: Into<crate::BoxError>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    B: http_body::Body<Error: Into<crate::BoxError>> + 'static,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

#[cfg(feature = "http2")]
impl<I, B, S, E> Driven for hyper::server::conn::http2::Connection<I, S, E>
where
    S: hyper::service::HttpService<hyper::body::Incoming, ResBody = B>,
    S::Error: Into<crate::BoxError>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    B: http_body::Body<Error: Into<crate::BoxError>> + 'static,
    E: hyper::rt::bounds::Http2ServerConnExec<S::Future, B>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Drives hyper's connection with our timer, until it ends or is out of time.
async fn run<A, D: Driven>(
    connection: &Connection<A>,
    driven: Pin<&mut D>,
    timer: &mut Timer<'_>,
) -> Result<(), Cut> {
    let mut stopped = pin!(connection.shared.stopping.begun());
    let _only_wakes = poll_fn(|cx| Poll::Ready(stopped.as_mut().poll(cx))).await;
    let mut driver = Driver {
        connection,
        driven,
        timer,
        finishing: Finishing::No,
    };
    poll_fn(|cx| driver.poll(cx)).await
}

/// Whether a connection has been told to end after what is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finishing {
    No,
    /// As soon as the head that has begun is a request.
    AfterHead,
    Yes,
}

struct Driver<'d, 't, A, D> {
    connection: &'d Connection<A>,
    driven: Pin<&'d mut D>,
    timer: &'d mut Timer<'t>,
    finishing: Finishing,
}

impl<A, D: Driven> Driver<'_, '_, A, D> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Cut>> {
        loop {
            let ended = self.driven.as_mut().poll(cx);
            let Ok(seen) = self.send(cx, ended.is_ready()) else {
                return Poll::Ready(Err(Cut));
            };
            if let Poll::Ready(outcome) = ended {
                return Poll::Ready(outcome.map_err(|_| Cut));
            }
            // hyper was polled first, so that a request that is here is not taken for silence.
            if self.connection.is_stopping() && self.stop(seen) {
                continue;
            }
            let Poll::Ready(phase) = self.timer.poll(cx, seen) else {
                return Poll::Pending;
            };
            if phase != Phase::Idle || self.finishing == Finishing::Yes {
                self.say_why(phase);
                return Poll::Ready(Err(Cut));
            }
            self.timer
                .finish_within(self.connection.limits().head_timeout);
            self.finish();
        }
    }

    /// Sends what hyper has written during this poll.
    fn send(&self, cx: &mut Context<'_>, ended: bool) -> io::Result<Seen> {
        let mut out = self.connection.out.lock();
        if ended {
            // What is written from now on is by the owner of an upgraded stream.
            out.send_each_write();
        }
        if let Poll::Ready(outcome) = out.poll_send(cx) {
            outcome?;
        }
        Ok(self.connection.seen(&out))
    }

    /// Tells hyper that the server stops, and returns whether it must be polled for that.
    fn stop(&mut self, seen: Seen) -> bool {
        let heading = seen.moment.heading || seen.moment.is_fresh();
        match self.finishing {
            Finishing::Yes => return false,
            Finishing::AfterHead if heading => return false,
            // hyper would drop half a head without an answer, and a request that is still in the
            // socket's buffer with it.
            Finishing::No if heading => {
                self.finishing = Finishing::AfterHead;
                self.timer.finish_within(LAST_HEAD);
                return false;
            }
            Finishing::No | Finishing::AfterHead => {}
        }
        self.timer.finish_by_phase();
        self.finish();
        true
    }

    fn finish(&mut self) {
        self.finishing = Finishing::Yes;
        self.driven.as_mut().finish();
    }

    /// Answers half a head, if nothing stands before the answer; it is sent or not.
    fn say_why(&self, phase: Phase) {
        const LATE: &[u8] =
            b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let out = self.connection.out.lock();
        if phase == Phase::Head && self.connection.activity.now().heading && out.is_empty() {
            let _best_effort = out.stream().try_write(LATE);
        }
    }
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
