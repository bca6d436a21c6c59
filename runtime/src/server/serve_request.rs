//! Serves one request of HTTP/1 or HTTP/2: validates it, runs the application and sends the
//! response. If the client disconnects, the application's future is dropped.

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
    body::{Body, BoxError, Chunk, Reads, RequestBody},
    response::Response,
    server::validate::{self, InvalidRequest},
};

/// How many bytes of a response h2 gets at once: the default size of a frame (RFC 9113 §4.2).
const SLICE: usize = 16 * 1024;

/// The error that the client disconnected before its response was ready.
#[derive(Debug)]
pub(super) struct ClientDisconnected;

impl fmt::Display for ClientDisconnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client disconnected before its response was ready")
    }
}

impl std::error::Error for ClientDisconnected {}

/// Serves one request of a connection.
///
/// This is not an `async fn`, because its future would also contain the request, and the request
/// would be moved into it.
pub(super) fn serve<A: HttpApp>(
    connection: Arc<Connection<A>>,
    session: A::Session,
    request: Request<Incoming>,
) -> impl Future<Output = Result<http::Response<ResponseBody<A>>, ClientDisconnected>> {
    let config = &connection.shared.config;
    let version = request.version();
    let is_http1 = version < Version::HTTP_2;
    let has_body = !request.body().is_end_stream();
    let number = connection.activity.start_request(has_body);
    let is_faulty = connection.activity.is_invalid(number);
    let has_length = has_body && request.body().size_hint().exact().is_some();
    let begun = validate::check_head(&request, config, is_faulty).map(|()| {
        let (head, body) = request.into_parts();
        let mut body = RequestBody::from(body);
        if has_body {
            body = body.paced(connection.shared.pace());
        }
        if is_http1 && has_body {
            body.read_by(connection.clone(), number);
        }
        A::route(session, head, body)
    });
    let open = RequestGuard(connection);
    async move {
        let connection = &open.0;
        let config = &connection.shared.config;
        let answer = match begun {
            Ok(begun) => pin!(A::respond(begun)),
            Err(reason) => return Ok(connection.into_http(reject::<A>(reason, is_http1), version)),
        };
        let mut response = if is_http1 && config.cancel_on_disconnect {
            unless_disconnected(connection, has_body, answer).await?
        } else {
            answer.await
        };
        if is_http1
            && (connection.is_closing()
                || number >= config.max_requests_per_connection
                || has_body && connection.closes_after(number, has_length))
        {
            close_after(&mut response);
        }
        #[cfg(feature = "http3")]
        if let Some(alt_svc) = &connection.origin.alt_svc {
            let headers = response.headers_mut();
            headers.entry(header::ALT_SVC).or_insert(alt_svc.clone());
        }
        Ok(connection.into_http(response, version))
    }
}

/// Creates the response that rejects a request. An HTTP/1 connection ends with it, because the end
/// of an invalid request cannot be trusted.
fn reject<A: HttpApp>(reason: InvalidRequest, is_http1: bool) -> Response {
    let mut response = A::reject(reason);
    if is_http1 {
        close_after(&mut response);
    }
    response
}

/// Adds `connection: close` (RFC 9112 §9.6). hyper then closes the connection after the response.
fn close_after(response: &mut Response) {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        // The stream after a 101 is not HTTP, and the upgraded protocol decides when it ends.
        return;
    }
    let headers = response.headers_mut();
    let options = match headers.contains_key(header::UPGRADE) {
        true => "upgrade, close",
        false => "close",
    };
    headers.insert(header::CONNECTION, HeaderValue::from_static(options));
}

/// Runs the application until the response is ready or the client disconnects.
///
/// A client that only closes its sending side counts as disconnected, because the two look the same
/// to the server.
async fn unless_disconnected<A: HttpApp, F: Future>(
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
                // Unread bytes hide the end of the stream. If the request has a body, they go
                // away when the body is read, so keep watching. Without a body they are the next
                // pipelined request, which stays unread until this one is done.
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
    /// Returns whether hyper closes the connection after this response, because it cannot skip the
    /// unread rest of the request body without waiting for it.
    ///
    /// hyper skips only one piece: the rest of a body with a length, if all of it has arrived. Each
    /// chunk of a chunked body is a separate piece.
    fn closes_after(&self, number: u32, has_length: bool) -> bool {
        self.activity.has_left_body(number)
            && !(has_length && self.stream.lock().has_arrived(number))
    }

    /// Waits for the next byte, which hyper reads later. Returns `false` at the end of the stream.
    fn poll_next_byte(&self, cx: &mut Context<'_>) -> Poll<bool> {
        let mut stream = self.stream.lock();
        if stream.has_early() {
            return Poll::Ready(true);
        }
        stream
            .poll_read_early(cx)
            .map(|outcome| outcome.is_ok_and(|count| count > 0))
    }

    /// Converts a response for hyper. The connection counts as busy until the body has ended.
    fn into_http(
        self: &Arc<Self>,
        response: Response,
        version: Version,
    ) -> http::Response<ResponseBody<A>> {
        let is_http1 = version < Version::HTTP_2;
        response.into_http(|body| {
            // Over HTTP/1 hyper takes a complete body at once, so only the socket can delay it, and
            // the timer sees that by itself.
            let is_taken = body.is_empty() || (is_http1 && body.is_whole());
            // HTTP/1.0 has no chunks. If the length is unknown, the end of the connection marks the
            // end of the response.
            if version <= Version::HTTP_10 && body.len().is_none() {
                self.activity.end_with_connection();
            }
            let sent = ResponseBody {
                streaming: (!is_taken).then(|| StreamGuard::new(self)),
                body,
                rest: Bytes::new(),
                is_http1,
            };
            sent.set_sending(!sent.body.is_empty());
            sent
        })
    }
}

/// Counts a request as open until it is dropped, whether it was answered or not.
struct RequestGuard<A>(Arc<Connection<A>>);

impl<A> Drop for RequestGuard<A> {
    fn drop(&mut self) {
        self.0.activity.release();
    }
}

/// Counts a request as open until the stream of its response has ended or was dropped.
struct StreamGuard<A>(Arc<Connection<A>>);

impl<A> StreamGuard<A> {
    fn new(connection: &Arc<Connection<A>>) -> Self {
        connection.activity.keep_open();
        Self(connection.clone())
    }
}

impl<A> Drop for StreamGuard<A> {
    fn drop(&mut self) {
        self.0.activity.release();
    }
}

/// The body of a response, as hyper polls it.
pub(super) struct ResponseBody<A> {
    /// The application's body.
    body: Body,
    /// The rest of the last chunk, which h2 has not taken yet.
    rest: Bytes,
    /// Keeps the request open until the body has ended. `None` if hyper takes the body at once.
    streaming: Option<StreamGuard<A>>,
    is_http1: bool,
}

impl<A: HttpApp> ResponseBody<A> {
    /// Records for an HTTP/2 stream whether it has data to send or waits for the application.
    fn set_sending(&self, is_sending: bool) {
        #[cfg(feature = "http2")]
        if !self.is_http1 {
            super::http2::set_sending(is_sending);
        }
        #[cfg(not(feature = "http2"))]
        let _ = is_sending;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Chunk>, BoxError>>> {
        if self.rest.is_empty() {
            let frame = self.body.poll_chunk(cx);
            return frame.map_ok(|frame| self.frame(frame));
        }
        let slice = self.rest.split_to(self.rest.len().min(SLICE));
        Poll::Ready(Some(Ok(Frame::data(self.count_queued(slice.into())))))
    }

    /// Filters trailers and limits the size of data for HTTP/2. Over HTTP/1 hyper does both.
    fn frame(
        &mut self,
        #[cfg_attr(not(feature = "http2"), expect(unused_mut))] mut frame: Frame<Chunk>,
    ) -> Frame<Chunk> {
        #[cfg(feature = "http2")]
        if !self.is_http1
            && let Some(trailers) = frame.trailers_mut()
        {
            super::trailers::remove_forbidden(trailers);
        }
        frame.map_data(|piece| self.slice(piece))
    }

    /// Splits a chunk for HTTP/2 and keeps the rest back. h2 would buffer all of a large chunk, and
    /// the write timeout could not see whether the client reads it.
    fn slice(&mut self, piece: Chunk) -> Chunk {
        if self.is_http1 {
            return piece;
        }
        if piece.remaining() <= SLICE {
            return self.count_queued(piece);
        }
        self.rest = piece.into();
        let slice = self.rest.split_to(SLICE);
        self.count_queued(slice.into())
    }

    /// Wraps a chunk so that the connection counts it until h2 has sent it.
    fn count_queued(&self, piece: Chunk) -> Chunk {
        #[cfg(feature = "http2")]
        if let Some(StreamGuard(connection)) = &self.streaming {
            return QueuedChunk::bytes(connection, piece).into();
        }
        piece
    }
}

/// A chunk of a response in h2's queue, dropped when it was sent or its stream was reset.
#[cfg(feature = "http2")]
struct QueuedChunk<A> {
    piece: Chunk,
    connection: Arc<Connection<A>>,
}

#[cfg(feature = "http2")]
impl<A: HttpApp> QueuedChunk<A> {
    fn bytes(connection: &Arc<Connection<A>>, piece: Chunk) -> Bytes {
        connection.activity.queue_chunk();
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
        self.connection.activity.release_chunk();
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
        sent.set_sending(matches!(frame, Poll::Ready(Some(Ok(_)))));
        if let Poll::Ready(None | Some(Err(_))) = frame {
            sent.streaming = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // hyper calls this only before the first frame, when `rest` is empty.
        self.body.size_hint()
    }
}
