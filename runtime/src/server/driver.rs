//! Driving hyper's connection: what it writes is sent, its time is kept, and it is told to stop.

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

/// How the driving of hyper's connection ends where it is not cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// It is over.
    Done,
    /// It is silent: hyper's part of it can be let go, and made anew for the next request.
    Resting,
}

/// How long a stopping server waits for a head that has begun, or for the first one, and for the goodbye of
/// HTTP/2.
const LAST_HEAD: Duration = Duration::from_secs(1);

/// The connection ends at once: there is no one to say goodbye to.
#[derive(Debug)]
pub(super) struct Aborted;

/// Waits for the bytes that tell the protocol; the first head's time runs meanwhile.
#[cfg(feature = "http2")]
pub(super) async fn sniff<A>(
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
        let seen = connection.seen(&connection.wire.lock());
        timer.poll(cx, seen).map(|_| Err(Aborted))
    })
    .await
}

/// Waits for the next request while nothing of hyper's is held; false where there will be none.
pub(super) async fn rest<A>(
    connection: &Connection<A>,
    timer: &mut Timer<'_>,
) -> Result<bool, Aborted> {
    let mut stopped = pin!(connection.shared.stopping.begun());
    timer.rest_after(None);
    poll_fn(|cx| {
        let mut wire = connection.wire.lock();
        if let Poll::Ready(count) = wire.poll_early(cx) {
            let count = count.map_err(|_| Aborted)?;
            connection.activity.read(count);
            return Poll::Ready(Ok(count > 0));
        }
        let _only_wakes = stopped.as_mut().poll(cx);
        if connection.is_stopping() {
            return Poll::Ready(Ok(false));
        }
        timer.poll(cx, connection.seen(&wire)).map(|_| Ok(false))
    })
    .await
}

#[cfg(feature = "http2")]
fn poll_is_http2<A>(connection: &Connection<A>, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
    let mut wire = connection.wire.lock();
    loop {
        if let Some(is_http2) = wire.is_http2() {
            return Poll::Ready(Ok(is_http2));
        }
        let count = ready!(wire.poll_early(cx))?;
        connection.activity.read(count);
        if count == 0 {
            return Poll::Ready(Ok(false));
        }
    }
}

/// hyper's connections, as the driver sees them.
pub(super) trait Driven: Future<Output = hyper::Result<()>> {
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

/// Drives hyper's connection with our timer, until it ends or is out of time.
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
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Ended, Aborted>> {
        loop {
            let ended = self.driven.as_mut().poll(cx);
            let Ok(seen) = self.send(cx, ended.is_ready()) else {
                return Poll::Ready(Err(Aborted));
            };
            if let Poll::Ready(outcome) = ended {
                return Poll::Ready(self.end(outcome));
            }
            if self.has_served_its_share(seen) {
                self.say_goodbye();
                continue;
            }
            // hyper was polled first, so that a request that is here is not taken for silence.
            if self.connection.is_stopping() && self.stop(seen) {
                continue;
            }
            let Poll::Ready(phase) = self.timer.poll(cx, seen) else {
                return Poll::Pending;
            };
            if phase == Phase::Idle && self.timer.rests() {
                if self.connection.wire.lock().is_between_requests() {
                    return Poll::Ready(Ok(Ended::Resting));
                }
                self.timer.rest_after(None);
                continue;
            }
            if phase != Phase::Idle || self.finishing == Finishing::Yes {
                self.say_why(cx, phase);
                return Poll::Ready(Err(Aborted));
            }
            self.say_goodbye();
        }
    }

    /// Sends what hyper has written during this poll.
    fn send(&self, cx: &mut Context<'_>, ended: bool) -> io::Result<Progress> {
        let mut wire = self.connection.wire.lock();
        if ended {
            // What is written from now on is by the owner of an upgraded stream.
            wire.send_each_write();
        }
        if let Poll::Ready(outcome) = wire.poll_send(cx) {
            outcome?;
        }
        Ok(self.connection.seen(&wire))
    }

    /// Ends as hyper did; where it has answered what is no request, the client shall read that.
    fn end(&self, outcome: hyper::Result<()>) -> Result<Ended, Aborted> {
        match outcome {
            Err(error) if error.is_parse() => self.connection.activity.give_up(),
            outcome => outcome.map_err(|_| Aborted)?,
        }
        Ok(Ended::Done)
    }

    /// Returns whether a connection of HTTP/2 is to end for the number of its requests; one of HTTP/1 is
    /// told with its last answer.
    fn has_served_its_share(&self, seen: Progress) -> bool {
        #[cfg(feature = "http2")]
        if self.timer.is_multiplexed() && self.finishing != Finishing::Yes {
            return seen.moment.begun() >= self.connection.config().max_requests_per_connection;
        }
        let _ = seen;
        false
    }

    /// Tells hyper that the server stops, and returns whether it must be polled for that.
    fn stop(&mut self, seen: Progress) -> bool {
        // HTTP/2 says up to which request it answers, so that none is lost by saying it early.
        let multiplexed = self.timer.is_multiplexed();
        let heading = !multiplexed && (seen.moment.heading || seen.moment.is_fresh());
        match self.finishing {
            Finishing::Yes if multiplexed => {
                self.timer.finish_within(LAST_HEAD);
                return false;
            }
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
        if multiplexed {
            self.timer.finish_within(LAST_HEAD);
        } else {
            self.timer.finish_by_phase();
        }
        self.finish();
        true
    }

    /// Ends the connection, though the server goes on.
    fn say_goodbye(&mut self) {
        self.timer
            .finish_within(self.connection.config().head_timeout);
        self.finish();
    }

    fn finish(&mut self) {
        self.finishing = Finishing::Yes;
        self.driven.as_mut().finish();
    }

    /// Answers half a head, if nothing stands before the answer; it is sent or not.
    fn say_why(&self, cx: &mut Context<'_>, phase: Phase) {
        const LATE: &[u8] =
            b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let mut wire = self.connection.wire.lock();
        if phase == Phase::Head && self.connection.activity.now().heading && wire.is_empty() {
            wire.say(cx, LATE);
        }
    }
}
