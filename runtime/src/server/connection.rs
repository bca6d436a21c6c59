//! One connection: the state that its requests share, and the task that drives it.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::{Arc, atomic::Ordering::Relaxed};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::activity::Activity;
use super::addresses::AddressSlot;
#[cfg(feature = "http2")]
use super::driver::detect_http2;
use super::driver::{Aborted, Ended, run, wait_idle};
use super::io::Io;
use super::listener::Accepted;
use super::socket::Socket;
use super::timer::{Progress, Timer};
use super::{HttpApp, Shared};
use crate::{
    config::Config,
    events,
    request::Transport,
    server::{
        buffered_stream::{BufferedStream, SharedStream},
        preamble::Preamble,
        serve_request,
    },
};

/// hyper's smallest buffer. hyper panics if it is configured with less.
const LEAST_HEAD: usize = 8 * 1024;
/// How long an HTTP/1 connection is idle before it drops hyper's state.
const REST: Duration = Duration::from_secs(3);
/// How long the rest of an unread request is discarded, so that the client can read the response. It is a time of the
/// system and not of the server's clock, because the bytes on their way are real in a test, too.
const LINGER: Duration = Duration::from_secs(1);
/// How many bytes of an unread request are discarded.
const MOST_DISCARDED: usize = 8 << 20;

/// The state that the requests of one connection share.
///
/// A request clones a reference to it and to nothing else. Requests of different connections
/// therefore never write to the same reference counter, which cores would contend for.
#[derive(Debug)]
pub(crate) struct Connection<A> {
    /// The state of the server: application, settings and stop flag.
    pub(super) shared: Arc<Shared<A>>,
    /// The socket with its buffers, used by hyper and by the task that drives hyper.
    pub(super) stream: SharedStream,
    /// Counts of open requests, which the timer reads to find the connection's phase.
    pub(super) activity: Activity,
    /// The peer's address, TLS data and protocol.
    pub(super) origin: Transport,
    /// The connection's slot in the limit of its client address, freed on drop.
    _slot: AddressSlot,
}

impl<A> Connection<A> {
    /// Returns the settings of the server.
    pub(crate) fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Returns whether the server is stopping, so that the connection ends after its open requests.
    pub(crate) fn is_stopping(&self) -> bool {
        self.shared.stopping.has_begun()
    }

    /// Returns whether the next response ends the connection, if it is one of HTTP/1.
    pub(super) fn is_closing(&self) -> bool {
        self.is_stopping() || self.shared.closing.load(Relaxed)
    }

    /// Returns what the connection is doing, for its timer. The caller holds the stream's lock.
    pub(super) fn progress(&self, stream: &BufferedStream) -> Progress {
        Progress {
            snapshot: self.activity.snapshot(),
            stuck_at: stream.stuck_at(),
        }
    }

    fn new(
        shared: Arc<Shared<A>>,
        socket: Socket,
        origin: Transport,
        slot: AddressSlot,
    ) -> Arc<Self> {
        Arc::new(Self {
            shared,
            stream: SharedStream::new(socket),
            activity: Activity::default(),
            origin,
            _slot: slot,
        })
    }
}

/// Serves an accepted connection on a new task.
pub(super) fn spawn<A: HttpApp>(
    tasks: &mut JoinSet<()>,
    shared: Arc<Shared<A>>,
    preamble: Arc<Preamble>,
    accepted: Accepted,
) {
    match accepted {
        // The common case gets a task without room for the handshake's future, which is large.
        Accepted::Stream(socket, origin) if preamble.is_empty() => {
            socket.set_nodelay();
            if let Some(slot) = shared.addresses.take_slot(origin.peer) {
                tasks.spawn(serve(Connection::new(shared, socket, origin, slot)));
            }
        }
        Accepted::Stream(socket, origin) => {
            socket.set_nodelay();
            let passing = Box::pin(run_preamble(shared, preamble, socket, origin));
            tasks.spawn(async move {
                if let Some(connection) = passing.await {
                    serve(connection).await;
                }
            });
        }
        #[cfg(feature = "http3")]
        Accepted::Quic(incoming, endpoint) => {
            tasks.spawn(super::http3::serve(shared, *incoming, endpoint));
        }
    }
}

/// Reads the PROXY header and performs the TLS handshake. Returns `None` if either fails or times
/// out.
async fn run_preamble<A>(
    shared: Arc<Shared<A>>,
    preamble: Arc<Preamble>,
    socket: Socket,
    origin: Transport,
) -> Option<Arc<Connection<A>>> {
    let peer = origin.peer;
    let passing = preamble.run(&shared.addresses, socket, origin);
    let within = shared.config.handshake_timeout;
    let (socket, origin, place) = match shared.clock.timeout(within, passing).await {
        Ok(Ok(passed)) => passed,
        // Already counted as refused.
        Ok(Err(error)) if error.kind() == io::ErrorKind::QuotaExceeded => return None,
        Ok(Err(error)) => {
            events::handshake_failed(peer, &error);
            return None;
        }
        Err(elapsed) => {
            events::handshake_failed(peer, &elapsed);
            return None;
        }
    };
    Some(Connection::new(shared, socket, origin, place))
}

/// Serves a connection to its end.
///
/// Errors are not returned: the client causes them, and they end this connection only.
async fn serve<A: HttpApp>(connection: Arc<Connection<A>>) {
    let (clock, config) = (&connection.shared.clock, connection.config());
    let sleep = pin!(clock.sleep_until(clock.now() + config.head_timeout));
    let mut timer = Timer::new(sleep, clock, config, connection.activity.snapshot());
    let mut reset = ResetOnDrop {
        connection: &connection,
        is_whole: false,
    };
    let driven = drive(&connection, &mut timer).await;
    reset.is_whole = driven.is_ok();
    match driven {
        Ok(Ended::Done) if connection.stream.lock().is_released() => {
            discard_rest(&connection).await;
        }
        Ok(Ended::Done) => wait_until_released(&connection).await,
        Ok(Ended::Resting) => close(&connection).await,
        Err(Aborted) => events::connection_cut(connection.origin.peer),
    }
}

/// Waits until the owner of an upgraded stream drops it. If this future is dropped first, the
/// stream is closed.
async fn wait_until_released<A>(connection: &Connection<A>) {
    let cut = CutOnDrop(&connection.stream);
    poll_fn(|cx| cut.0.lock().poll_released(cx)).await;
}

/// Closes an idle connection in order, so that TLS sends `close_notify`.
async fn close<A>(connection: &Connection<A>) {
    let closed = poll_fn(|cx| connection.stream.lock().poll_shutdown(cx));
    let _out_of_time = timeout(LINGER, closed).await;
}

/// Resets an aborted connection if the client would take its end for the end of a response.
struct ResetOnDrop<'c, A> {
    connection: &'c Connection<A>,
    /// Whether the last response was sent completely.
    is_whole: bool,
}

impl<A> Drop for ResetOnDrop<'_, A> {
    fn drop(&mut self) {
        if !self.is_whole && self.connection.activity.ends_answer() {
            self.connection.stream.lock().reset_on_close();
        }
    }
}

/// Takes an upgraded stream from its owner when the connection's task ends.
struct CutOnDrop<'c>(&'c SharedStream);

impl Drop for CutOnDrop<'_> {
    fn drop(&mut self) {
        self.0.lock().cut();
    }
}

/// Detects the protocol and drives the connection.
#[cfg(feature = "http2")]
async fn drive<A: HttpApp>(
    connection: &Arc<Connection<A>>,
    timer: &mut Timer<'_>,
) -> Result<Ended, Aborted> {
    let is_http2 = match connection.origin.is_http2 {
        Some(agreed) => agreed,
        None => detect_http2(connection, timer).await?,
    };
    if !is_http2 {
        return drive_http1(connection, timer).await;
    }
    timer.multiplex();
    connection.stream.lock().follow_http2();
    // HTTP/2 is rarer. Its state is boxed because every HTTP/1 connection's future would otherwise
    // be as large.
    Box::pin(drive_http2(connection, timer)).await
}

#[cfg(not(feature = "http2"))]
async fn drive<A: HttpApp>(
    connection: &Arc<Connection<A>>,
    timer: &mut Timer<'_>,
) -> Result<Ended, Aborted> {
    drive_http1(connection, timer).await
}

async fn drive_http1<A: HttpApp>(
    connection: &Arc<Connection<A>>,
    timer: &mut Timer<'_>,
) -> Result<Ended, Aborted> {
    let config = connection.config();
    let head = config.max_head_size.max(LEAST_HEAD);
    let mut builder = http1::Builder::new();
    builder
        .half_close(true)
        .max_buf_size(head)
        .max_header_size(head)
        // The connection's timer does this. hyper's would allocate a sleep for each head.
        .header_read_timeout(None);
    if config.max_headers != 100 {
        // hyper keeps its default of 100 headers on the stack but allocates for any set number.
        builder.max_headers(config.max_headers);
    }
    let session = connection.shared.app.connect(&connection.origin);
    loop {
        let (answering, session) = (connection.clone(), session.clone());
        let service = service_fn(move |request| {
            serve_request::serve(answering.clone(), session.clone(), request)
        });
        timer.rest_after(Some(REST));
        let driven = builder
            .serve_connection(TokioIo::new(Io::new(connection.clone())), service)
            .with_upgrades();
        if run(connection, pin!(driven), timer).await? == Ended::Done {
            return Ok(Ended::Done);
        }
        // hyper's buffer and the room for a request's future are freed here. They are most of the
        // memory that an idle connection holds.
        if !wait_idle(connection, timer).await? {
            return Ok(Ended::Resting);
        }
    }
}

#[cfg(feature = "http2")]
async fn drive_http2<A: HttpApp>(
    connection: &Arc<Connection<A>>,
    timer: &mut Timer<'_>,
) -> Result<Ended, Aborted> {
    let streams = super::http2::Streams::new(connection.config(), &connection.shared.clock);
    let answering = connection.clone();
    let session = connection.shared.app.connect(&connection.origin);
    let service = service_fn(move |request| {
        serve_request::serve(answering.clone(), session.clone(), request)
    });
    let driven = super::http2::builder(connection.config(), streams.clone())
        .serve_connection(TokioIo::new(Io::new(connection.clone())), service);
    let outcome = run(connection, pin!(driven), timer).await;
    streams.abort_all().await;
    outcome
}

/// Reads and discards the rest of a request that was answered before its end.
///
/// The system resets a socket that is closed with unread bytes, and the client would lose the
/// response.
async fn discard_rest<A>(connection: &Connection<A>) {
    if !connection.activity.may_be_sending() {
        return;
    }
    let mut most = MOST_DISCARDED;
    let discarded = poll_fn(|cx| connection.stream.lock().poll_discard(cx, &mut most));
    let _out_of_time = timeout(LINGER, discarded).await;
}
