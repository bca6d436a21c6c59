//! One request: checked, answered, and dropped when its client leaves.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderValue, Request, Response, Version, header};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;

use super::strict::{self, Refusal};
use super::{Answer, Connection};
use crate::body::{Body, BoxError, Chunk, Pace, RequestBody};
use crate::config::Config;

/// The client left before its answer was ready.
#[derive(Debug)]
pub(super) struct Gone;

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client left before its answer was ready")
    }
}

impl std::error::Error for Gone {}

/// Answers one request of the connection.
pub(super) async fn exchange<A: Answer>(
    connection: Arc<Connection<A>>,
    session: A::Session,
    request: Request<Incoming>,
) -> Result<Response<Sent<A>>, Gone> {
    let (config, activity) = (&connection.shared.config, &connection.activity);
    let has_body = !request.body().is_end_stream();
    let number = activity.begin(has_body);
    let open = Open(&connection);
    let is_http1 = request.version() < Version::HTTP_2;
    if let Err(refusal) = strict::check(&request, config, activity.is_refused(number)) {
        return Ok(connection.send(refuse::<A>(refusal, is_http1), is_http1));
    }
    let watched = is_http1 && config.cancel_on_disconnect;
    let answer = pin!(A::answer(session, paced(request, config)));
    let mut response = if watched {
        unless_gone(&connection, has_body, answer).await?
    } else {
        answer.await
    };
    if is_http1 && (connection.is_stopping() || number >= config.requests_per_connection) {
        close_after(&mut response);
    }
    #[cfg(feature = "http3")]
    if let Some(alt_svc) = &connection.origin.alt_svc {
        let headers = response.headers_mut();
        headers.entry(header::ALT_SVC).or_insert(alt_svc.clone());
    }
    let response = connection.send(response, is_http1);
    drop(open);
    Ok(response)
}

fn paced(request: Request<Incoming>, config: &Config) -> Request<RequestBody> {
    let pace = Pace::new(config.body_rate, config.body_timeout);
    request.map(|incoming| RequestBody::from(incoming).paced(pace))
}

/// Refuses a request; what follows it on a connection of HTTP/1 is not read, since where it ends
/// cannot be trusted.
fn refuse<A: Answer>(refusal: Refusal, is_http1: bool) -> Response<Body> {
    let mut response = A::refuse(refusal);
    if is_http1 {
        close_after(&mut response);
    }
    response
}

fn close_after(response: &mut Response<Body>) {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
}

/// Runs the answer until it is ready or the client has gone.
///
/// A client that closes its sending side has gone, too: it cannot be told from one that left.
async fn unless_gone<A, F: Future>(
    connection: &Connection<A>,
    has_body: bool,
    mut answer: Pin<&mut F>,
) -> Result<F::Output, Gone> {
    let mut watching = true;
    poll_fn(move |cx| {
        if let Poll::Ready(output) = answer.as_mut().poll(cx) {
            return Poll::Ready(Ok(output));
        }
        if watching {
            match connection.poll_next_byte(cx) {
                Poll::Pending => {}
                // Bytes that wait hide the end behind them. After a body they are gone once it has
                // been read; otherwise they are the next request, which waits for this one.
                Poll::Ready(true) => watching = has_body,
                Poll::Ready(false) => return Poll::Ready(Err(Gone)),
            }
        }
        Poll::Pending
    })
    .await
}

impl<A> Connection<A> {
    /// Waits for a byte, which hyper reads later; false is the end of the stream.
    fn poll_next_byte(&self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut wire = self.wire.lock();
        if wire.has_early() {
            return Poll::Ready(true);
        }
        wire.poll_early(cx)
            .map(|outcome| outcome.is_ok_and(|count| count > 0))
    }

    /// Makes a response whose connection is busy until its stream has ended.
    fn send(self: &Arc<Self>, response: Response<Body>, is_http1: bool) -> Response<Sent<A>> {
        response.map(|body| {
            let sent = Sent {
                // A body that is all there is taken from us at once; only the socket can delay it.
                streaming: (!body.is_whole()).then(|| Streaming::new(self)),
                body,
                is_http1,
            };
            sent.hand(!sent.body.is_empty());
            sent
        })
    }
}

/// Ends a begun request when it is dropped, be it answered or not.
struct Open<'c, A>(&'c Connection<A>);

impl<A> Drop for Open<'_, A> {
    fn drop(&mut self) {
        self.0.activity.end();
    }
}

/// Holds a connection busy until an answer's stream has ended or was dropped.
struct Streaming<A>(Arc<Connection<A>>);

impl<A> Streaming<A> {
    fn new(connection: &Arc<Connection<A>>) -> Self {
        connection.activity.hold();
        Self(connection.clone())
    }
}

impl<A> Drop for Streaming<A> {
    fn drop(&mut self) {
        self.0.activity.end();
    }
}

/// The body of an answer on its way.
pub(super) struct Sent<A> {
    body: Body,
    /// Held for its drop.
    streaming: Option<Streaming<A>>,
    #[cfg_attr(not(feature = "http2"), expect(dead_code))]
    is_http1: bool,
}

impl<A> Sent<A> {
    /// Tells a stream of HTTP/2 whether it has something to send or waits for it.
    fn hand(&self, something: bool) {
        #[cfg(feature = "http2")]
        if !self.is_http1 {
            super::http2::hand(something);
        }
        #[cfg(not(feature = "http2"))]
        let _ = something;
    }
}

impl<A> http_body::Body for Sent<A> {
    type Data = Chunk;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Chunk>, BoxError>>> {
        let sent = self.get_mut();
        let frame = sent.body.poll_chunk(cx);
        sent.hand(matches!(frame, Poll::Ready(Some(Ok(_)))));
        if let Poll::Ready(None | Some(Err(_))) = frame {
            sent.streaming = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
