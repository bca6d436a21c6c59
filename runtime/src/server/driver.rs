//! Drives hyper's connection: sends what hyper writes, enforces the timeouts and shuts it down.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
#[cfg(feature = "http2")]
use std::task::ready;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::server::conn::http1;

use super::Connection;
use super::timer::{Phase, Progress, Timer};

/// How a connection ends when it is not aborted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// hyper has finished with the connection.
    Done,
    /// The connection is idle: drop hyper's state now and rebuild it for the next request.
    Resting,
}

/// How long a stopping server waits for a partial request head, for the first head, and for the
/// client to close after HTTP/2's GOAWAY.
const LAST_HEAD: Duration = Duration::from_secs(1);

/// The connection failed or timed out and is dropped without a shutdown.
#[derive(Debug)]
pub(super) struct Aborted;

/// Reads enough bytes to detect HTTP/2. The timeout of the first head runs meanwhile.
#[cfg(feature = "http2")]
pub(super) async fn detect_http2<A>(
    connection: &Connection<A>,
    timer: &mut Timer<'_>,
) -> Result<bool, Aborted> {
    let mut stopped = pin!(connection.shared.stopping.begun());
    let mut told = false;
    poll_fn(|cx| {
        if let Poll::Ready(outcome) = poll_is_http2(connection, cx) {
            return Poll::Ready(outcome.map_err(|_| Aborted));
        }
        let _only_wakes = stopped.as_mut().poll(cx);
        if connection.is_stopping() && !told {
            told = true;
            timer.finish_within(LAST_HEAD);
        }
        let seen = connection.progress(&connection.stream.lock());
        timer.poll(cx, seen).map(|_| Err(Aborted))
    })
    .await
}

/// Waits for the next request while the connection holds no hyper state. Returns `false` if the
/// client closes, the connection times out or the server stops.
pub(super) async fn wait_idle<A>(
    connection: &Connection<A>,
    timer: &mut Timer<'_>,
) -> Result<bool, Aborted> {
    let mut stopped = pin!(connection.shared.stopping.begun());
    timer.rest_after(None);
    poll_fn(|cx| {
        let mut stream = connection.stream.lock();
        if let Poll::Ready(count) = stream.poll_read_early(cx) {
            let count = count.map_err(|_| Aborted)?;
            connection.activity.record_read(count);
            return Poll::Ready(Ok(count > 0));
        }
        let _only_wakes = stopped.as_mut().poll(cx);
        if connection.is_stopping() {
            return Poll::Ready(Ok(false));
        }
        timer
            .poll(cx, connection.progress(&stream))
            .map(|_| Ok(false))
    })
    .await
}

#[cfg(feature = "http2")]
fn poll_is_http2<A>(connection: &Connection<A>, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
    let mut stream = connection.stream.lock();
    loop {
        if let Some(is_http2) = stream.is_http2() {
            return Poll::Ready(Ok(is_http2));
        }
        let count = ready!(stream.poll_read_early(cx))?;
        connection.activity.record_read(count);
        if count == 0 {
            return Poll::Ready(Ok(false));
        }
    }
}

/// A connection of hyper, for HTTP/1 or HTTP/2, that the driver can shut down.
pub(super) trait Driven: Future<Output = hyper::Result<()>> {
    /// Finishes the open requests and accepts no more.
    fn finish(self: Pin<&mut Self>);
}

impl<I, B, S> Driven for http1::UpgradeableConnection<I, S>
where
    S: hyper::service::HttpService<hyper::body::Incoming, ResBody = B>,
    S::Error: Into<crate::body::BoxError>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    B: http_body::Body<Error: Into<crate::body::BoxError>> + 'static,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

#[cfg(feature = "http2")]
impl<I, B, S, E> Driven for hyper::server::conn::http2::Connection<I, S, E>
where
    S: hyper::service::HttpService<hyper::body::Incoming, ResBody = B>,
    S::Error: Into<crate::body::BoxError>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    B: http_body::Body<Error: Into<crate::body::BoxError>> + 'static,
    E: hyper::rt::bounds::Http2ServerConnExec<S::Future, B>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Drives hyper's connection until it ends, rests or times out.
pub(super) async fn run<A, D: Driven>(
    connection: &Connection<A>,
    driven: Pin<&mut D>,
    timer: &mut Timer<'_>,
) -> Result<Ended, Aborted> {
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

/// Whether hyper was instructed to shut the connection down after the open requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finishing {
    No,
    /// The shutdown waits until the partial head is a complete request.
    AfterHead,
    Yes,
}

/// The state of one run of [`run`].
struct Driver<'d, 't, A, D> {
    connection: &'d Connection<A>,
    /// hyper's connection future.
    driven: Pin<&'d mut D>,
    /// The connection's only timer.
    timer: &'d mut Timer<'t>,
    /// How far the shutdown of the connection has come.
    finishing: Finishing,
}

impl<A, D: Driven> Driver<'_, '_, A, D> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Ended, Aborted>> {
        loop {
            let ended = self.driven.as_mut().poll(cx);
            let Ok(seen) = self.send(cx, ended.is_ready()) else {
                return Poll::Ready(Err(Aborted));
            };
            if let Poll::Ready(outcome) = ended {
                return Poll::Ready(self.convert(outcome));
            }
            if self.has_served_its_share(seen) {
                self.begin_shutdown();
                continue;
            }
            // hyper was polled first. Otherwise a request that has just arrived would look like
            // an idle connection and be closed.
            if self.connection.is_stopping() && self.shut_down_for_stop(seen) {
                continue;
            }
            let Poll::Ready(phase) = self.timer.poll(cx, seen) else {
                return Poll::Pending;
            };
            if phase == Phase::Idle && self.timer.will_rest() {
                if self.connection.stream.lock().is_between_requests() {
                    return Poll::Ready(Ok(Ended::Resting));
                }
                self.timer.rest_after(None);
                continue;
            }
            if phase != Phase::Idle || self.finishing == Finishing::Yes {
                self.send_408(cx, phase);
                return Poll::Ready(Err(Aborted));
            }
            self.begin_shutdown();
        }
    }

    /// Sends what hyper wrote during this poll.
    fn send(&self, cx: &mut Context<'_>, ended: bool) -> io::Result<Progress> {
        let mut stream = self.connection.stream.lock();
        if ended {
            // From now on only the owner of an upgraded stream writes, and nothing polls this
            // driver for it, so each write goes straight to the socket.
            stream.send_each_write();
        }
        if let Poll::Ready(outcome) = stream.poll_send(cx) {
            outcome?;
        }
        Ok(self.connection.progress(&stream))
    }

    /// Converts hyper's result. After a parse error hyper has written a response, which the client
    /// must be able to read, so that is not an abort.
    fn convert(&self, outcome: hyper::Result<()>) -> Result<Ended, Aborted> {
        match outcome {
            Err(error) if error.is_parse() => self.connection.activity.mark_not_http(),
            outcome => outcome.map_err(|_| Aborted)?,
        }
        Ok(Ended::Done)
    }

    /// Returns whether an HTTP/2 connection has reached its limit of requests. On HTTP/1 the last
    /// response carries `connection: close` instead.
    fn has_served_its_share(&self, seen: Progress) -> bool {
        #[cfg(feature = "http2")]
        if self.timer.is_multiplexed() && self.finishing != Finishing::Yes {
            return seen.snapshot.started() >= self.connection.config().max_requests_per_connection;
        }
        let _ = seen;
        false
    }

    /// Shuts hyper down because the server stops. Returns whether hyper must be polled again.
    fn shut_down_for_stop(&mut self, seen: Progress) -> bool {
        // GOAWAY names the last request that is processed, so an early GOAWAY loses no request.
        let multiplexed = self.timer.is_multiplexed();
        let heading = !multiplexed && (seen.snapshot.in_head || seen.snapshot.is_fresh());
        match self.finishing {
            Finishing::Yes if multiplexed => {
                self.timer.finish_within(LAST_HEAD);
                return false;
            }
            Finishing::Yes => return false,
            Finishing::AfterHead if heading => return false,
            // hyper would drop a partial head without a response, and with it a request that is
            // still in the socket's receive buffer.
            Finishing::No if heading => {
                self.finishing = Finishing::AfterHead;
                self.timer.finish_within(LAST_HEAD);
                return false;
            }
            Finishing::No | Finishing::AfterHead => {}
        }
        if multiplexed {
            self.timer.finish_within(LAST_HEAD);
        } else {
            self.timer.finish_by_phase();
        }
        self.finish();
        true
    }

    /// Shuts this connection down while the server keeps running.
    fn begin_shutdown(&mut self) {
        self.timer
            .finish_within(self.connection.config().head_timeout);
        self.finish();
    }

    fn finish(&mut self) {
        self.finishing = Finishing::Yes;
        self.driven.as_mut().finish();
    }

    /// Best effort: sends 408 for an incomplete head if no response is queued.
    fn send_408(&self, cx: &mut Context<'_>, phase: Phase) {
        const REQUEST_TIMEOUT: &[u8] =
            b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let mut stream = self.connection.stream.lock();
        if phase == Phase::Head && self.connection.activity.snapshot().in_head && stream.is_empty()
        {
            stream.send_last(cx, REQUEST_TIMEOUT);
        }
    }
}
