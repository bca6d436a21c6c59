//! One request: checked, answered, and dropped when its client leaves.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use http::{HeaderValue, Request, StatusCode, Version, header};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;

use super::{Connection, HttpApp};
use crate::{
    body::{Body, BoxError, Chunk, Pace, Reads, RequestBody},
    config::Config,
    response::Response,
    server::validate::{self, Refusal},
};

/// How many bytes of an answer HTTP/2 is given at once: as many as a frame has that nobody has agreed on
/// (RFC 9113 §4.2).
const SLICE: usize = 16 * 1024;

/// The client left before its answer was ready.
#[derive(Debug)]
pub(super) struct ClientDisconnected;

impl fmt::Display for ClientDisconnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client left before its answer was ready")
    }
}

impl std::error::Error for ClientDisconnected {}

/// Answers one request of the connection.
///
/// It is no `async fn`: its future would have room for the request, and move it there.
pub(super) fn exchange<A: HttpApp>(
    connection: Arc<Connection<A>>,
    session: A::Session,
    request: Request<Incoming>,
) -> impl Future<Output = Result<http::Response<ResponseBody<A>>, ClientDisconnected>> {
    let config = &connection.shared.config;
    let version = request.version();
    let is_http1 = version < Version::HTTP_2;
    let has_body = !request.body().is_end_stream();
    let number = connection.activity.begin(has_body);
    let is_faulty = connection.activity.is_refused(number);
    let has_length = has_body && request.body().size_hint().exact().is_some();
    let begun = validate::check(&request, config, is_faulty).map(|()| {
        let (head, body) = request.into_parts();
        let mut body = paced(body, config);
        if is_http1 && has_body {
            body.read_by(connection.clone(), number);
        }
        A::begin(session, head, body)
    });
    let open = RequestGuard(connection);
    async move {
        let connection = &open.0;
        let config = &connection.shared.config;
        let answer = match begun {
            Ok(begun) => pin!(A::answer(begun)),
            Err(refusal) => return Ok(connection.send(refuse::<A>(refusal, is_http1), version)),
        };
        let mut response = if is_http1 && config.cancel_on_disconnect {
            unless_gone(connection, has_body, answer).await?
        } else {
            answer.await
        };
        if is_http1
            && (connection.is_stopping()
                || number >= config.max_requests_per_connection
                || has_body && connection.ends_behind(number, has_length))
        {
            close_after(&mut response);
        }
        #[cfg(feature = "http3")]
        if let Some(alt_svc) = &connection.origin.alt_svc {
            let headers = response.headers_mut();
            headers.entry(header::ALT_SVC).or_insert(alt_svc.clone());
        }
        Ok(connection.send(response, version))
    }
}

fn paced(body: Incoming, config: &Config) -> RequestBody {
    let pace = Pace::new(config.min_body_rate, config.body_timeout);
    RequestBody::from(body).paced(pace)
}

/// Refuses a request; what follows it on a connection of HTTP/1 is not read, since where it ends
/// cannot be trusted.
fn refuse<A: HttpApp>(refusal: Refusal, is_http1: bool) -> Response {
    let mut response = A::refuse(refusal);
    if is_http1 {
        close_after(&mut response);
    }
    response
}

/// Says that this is the connection's last answer (RFC 9112 §9.6), which makes it so.
fn close_after(response: &mut Response) {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        // What comes behind it is no HTTP, and ends in its own way.
        return;
    }
    let headers = response.headers_mut();
    let options = match headers.contains_key(header::UPGRADE) {
        true => "upgrade, close",
        false => "close",
    };
    headers.insert(header::CONNECTION, HeaderValue::from_static(options));
}

/// Runs the answer until it is ready or the client has gone.
///
/// A client that closes its sending side has gone, too: it cannot be told from one that left.
async fn unless_gone<A: HttpApp, F: Future>(
    connection: &Connection<A>,
    has_body: bool,
    mut answer: Pin<&mut F>,
) -> Result<F::Output, ClientDisconnected> {
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
                Poll::Ready(false) => return Poll::Ready(Err(ClientDisconnected)),
            }
        }
        Poll::Pending
    })
    .await
}

impl<A: Send + Sync> Reads for Connection<A> {
    fn leave_body(&self, number: u32) {
        self.activity.leave_body(number);
    }
}

impl<A: HttpApp> Connection<A> {
    /// Returns whether hyper ends the connection behind the answer to this request, since what is
    /// left of its body cannot be skipped without waiting for it.
    ///
    /// hyper skips one piece: the rest of a body with a length where all of it has come. Chunks are
    /// pieces of their own.
    fn ends_behind(&self, number: u32, has_length: bool) -> bool {
        self.activity.has_left_body(number) && !(has_length && self.wire.lock().is_behind(number))
    }

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
    fn send(
        self: &Arc<Self>,
        response: Response,
        version: Version,
    ) -> http::Response<ResponseBody<A>> {
        let is_http1 = version < Version::HTTP_2;
        response.into_http(|body| {
            // HTTP/1 takes a body that is all there from us at once; only the socket can delay it.
            let is_taken = body.is_empty() || (is_http1 && body.is_whole());
            // HTTP/1.0 has no chunks: where the length is not known, the connection's end is the answer's.
            if version <= Version::HTTP_10 && body.len().is_none() {
                self.activity.end_with_connection();
            }
            let sent = ResponseBody {
                streaming: (!is_taken).then(|| StreamGuard::new(self)),
                body,
                rest: Bytes::new(),
                is_http1,
            };
            sent.hand(!sent.body.is_empty());
            sent
        })
    }
}

/// Ends a begun request when it is dropped, be it answered or not.
struct RequestGuard<A>(Arc<Connection<A>>);

impl<A> Drop for RequestGuard<A> {
    fn drop(&mut self) {
        self.0.activity.end();
    }
}

/// Holds a connection busy until an answer's stream has ended or was dropped.
struct StreamGuard<A>(Arc<Connection<A>>);

impl<A> StreamGuard<A> {
    fn new(connection: &Arc<Connection<A>>) -> Self {
        connection.activity.hold();
        Self(connection.clone())
    }
}

impl<A> Drop for StreamGuard<A> {
    fn drop(&mut self) {
        self.0.activity.end();
    }
}

/// The body of an answer on its way.
pub(super) struct ResponseBody<A> {
    body: Body,
    /// What HTTP/2 has not been given yet of the last piece of the body.
    rest: Bytes,
    /// Held for its drop.
    streaming: Option<StreamGuard<A>>,
    is_http1: bool,
}

impl<A: HttpApp> ResponseBody<A> {
    /// Tells a stream of HTTP/2 whether it has something to send or waits for it.
    fn hand(&self, something: bool) {
        #[cfg(feature = "http2")]
        if !self.is_http1 {
            super::http2::hand(something);
        }
        #[cfg(not(feature = "http2"))]
        let _ = something;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Chunk>, BoxError>>> {
        if self.rest.is_empty() {
            let frame = self.body.poll_chunk(cx);
            return frame.map_ok(|frame| self.frame(frame));
        }
        let slice = self.rest.split_to(self.rest.len().min(SLICE));
        Poll::Ready(Some(Ok(Frame::data(self.watched(slice.into())))))
    }

    /// Makes of a frame what the protocol takes; over HTTP/1 hyper does.
    fn frame(
        &mut self,
        #[cfg_attr(not(feature = "http2"), expect(unused_mut))] mut frame: Frame<Chunk>,
    ) -> Frame<Chunk> {
        #[cfg(feature = "http2")]
        if !self.is_http1
            && let Some(trailers) = frame.trailers_mut()
        {
            super::trailers::settle(trailers);
        }
        frame.map_data(|piece| self.slice(piece))
    }

    /// Keeps back what is more than a slice: h2 would take all of it, and whether the client does could
    /// not be seen.
    fn slice(&mut self, piece: Chunk) -> Chunk {
        if self.is_http1 {
            return piece;
        }
        if piece.remaining() <= SLICE {
            return self.watched(piece);
        }
        self.rest = piece.into();
        let slice = self.rest.split_to(SLICE);
        self.watched(slice.into())
    }

    /// Has the connection know until when h2 holds a piece.
    fn watched(&self, piece: Chunk) -> Chunk {
        #[cfg(feature = "http2")]
        if let Some(StreamGuard(connection)) = &self.streaming {
            return QueuedChunk::bytes(connection, piece).into();
        }
        piece
    }
}

/// A piece of an answer that h2 holds, until it has sent it or the stream was reset.
#[cfg(feature = "http2")]
struct QueuedChunk<A> {
    piece: Chunk,
    connection: Arc<Connection<A>>,
}

#[cfg(feature = "http2")]
impl<A: HttpApp> QueuedChunk<A> {
    fn bytes(connection: &Arc<Connection<A>>, piece: Chunk) -> Bytes {
        connection.activity.hand();
        Bytes::from_owner(Self {
            piece,
            connection: connection.clone(),
        })
    }
}

#[cfg(feature = "http2")]
impl<A> AsRef<[u8]> for QueuedChunk<A> {
    fn as_ref(&self) -> &[u8] {
        self.piece.chunk()
    }
}

#[cfg(feature = "http2")]
impl<A> Drop for QueuedChunk<A> {
    fn drop(&mut self) {
        self.connection.activity.let_go();
    }
}

impl<A: HttpApp> http_body::Body for ResponseBody<A> {
    type Data = Chunk;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Chunk>, BoxError>>> {
        let sent = self.get_mut();
        let frame = sent.poll(cx);
        sent.hand(matches!(frame, Poll::Ready(Some(Ok(_)))));
        if let Poll::Ready(None | Some(Err(_))) = frame {
            sent.streaming = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // hyper asks before the first piece, and only then.
        self.body.size_hint()
    }
}
