//! A WebSocket of a test.

use std::{
    convert::Infallible,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    sync::oneshot,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, handshake::client::generate_key, protocol::Role},
};

use super::{TestRequest, TestResponse, request::whole};
use crate::{
    app::App,
    body::Body,
    chain::Endpoint,
    extract::{Closed, Message, goodbye},
    header_value,
};

/// What has hyper make a connection that can be taken over; the app sees the test's own request.
const OPENING: &[u8] =
    b"GET / HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

/// How many bytes one side sends before the other reads.
const BUFFER: usize = 64 * 1024;

/// How long the app has to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// A test's side of a WebSocket: [`TestRequest::websocket`] makes it.
///
/// # Examples
/// ```
/// use highball::{Message, WebSocketUpgrade, prelude::*};
///
/// #[get("/echo")]
/// async fn echo(upgrade: WebSocketUpgrade) -> Response {
///     upgrade.on(|mut socket| async move {
///         while let Ok(message) = socket.recv().await {
///             let _ = socket.send(message).await;
///         }
///     })
/// }
///
/// #[routes(app)]
/// struct Api(echo);
///
/// # highball::block_on(async {
/// let mut socket = Api.test().get("/echo").websocket().await.expect("it is a WebSocket");
/// socket.send("hello").await.expect("the app listens");
/// assert_eq!(socket.recv().await, Ok(Message::from("hello")));
/// assert_eq!(socket.close(1000, "bye").await.code(), 1000);
/// # });
/// ```
pub struct TestWebSocket {
    stream: WebSocketStream<DuplexStream>,
    headers: HeaderMap,
}

impl TestWebSocket {
    /// Returns the headers of the answer that began it.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the subprotocol that the app has chosen.
    pub fn protocol(&self) -> Option<&str> {
        let protocol = self.headers.get(header::SEC_WEBSOCKET_PROTOCOL);
        protocol.and_then(header_value::text)
    }

    /// Waits for the next message.
    ///
    /// # Errors
    /// Where the app has closed the WebSocket, or left.
    ///
    /// # Cancel safety
    /// Nothing is lost where the future is dropped.
    pub async fn recv(&mut self) -> Result<Message, Closed> {
        loop {
            match self.stream.next().await {
                Some(Ok(tungstenite::Message::Text(text))) => {
                    return Ok(Message::Text(text.as_str().to_owned()));
                }
                Some(Ok(tungstenite::Message::Binary(bytes))) => return Ok(Message::Binary(bytes)),
                Some(Ok(tungstenite::Message::Close(frame))) => {
                    // The answer is sent when the crate is asked for more.
                    let answered = async { while let Some(Ok(_)) = self.stream.next().await {} };
                    let _ = timeout(GOODBYE, answered).await;
                    return Err(Closed::by(frame));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Closed::without(error.to_string())),
                None => return Err(Closed::without("the app has left")),
            }
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// Where the WebSocket has ended.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Closed> {
        let message = match message.into() {
            Message::Text(text) => tungstenite::Message::Text(text.into()),
            Message::Binary(bytes) => tungstenite::Message::Binary(bytes),
        };
        let sent = self.stream.send(message).await;
        sent.map_err(|error| Closed::without(error.to_string()))
    }

    /// Says goodbye with a code and a reason, and returns how the app answers; what it still sends before is
    /// dropped, and after five seconds of silence it counts as gone.
    pub async fn close(mut self, code: u16, reason: &str) -> Closed {
        if let Err(error) = self.stream.close(Some(goodbye(code, reason))).await {
            return Closed::without(error.to_string());
        }
        let answer = async {
            loop {
                if let Err(closed) = self.recv().await {
                    return closed;
                }
            }
        };
        let answer = timeout(GOODBYE, answer).await;
        answer.unwrap_or_else(|_| Closed::without("the app says no goodbye"))
    }
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> TestRequest<A, S> {
    /// Sends the request as the beginning of a WebSocket, without a socket: its headers and the session's
    /// cookies go along, subprotocols as `Sec-WebSocket-Protocol`.
    ///
    /// What a handshake needs is added where the request does not have it.
    ///
    /// # Errors
    /// Where the app answers with anything else than 101: its answer.
    ///
    /// # Panics
    /// Where the answer's body fails.
    pub async fn websocket(mut self) -> Result<TestWebSocket, TestResponse> {
        self.shake();
        let (mut ours, theirs) = duplex(BUFFER);
        let (told, answer) = oneshot::channel();
        tokio::spawn(self.serve(theirs, told));
        let sent = ours.write_all(OPENING).await;
        sent.unwrap_or_else(|error| panic!("the connection: {error}"));
        let answer = answer.await;
        let answer = answer.unwrap_or_else(|error| panic!("the app gave no answer: {error}"));
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(whole(answer).await);
        }
        skip_head(&mut ours).await;
        Ok(TestWebSocket {
            stream: WebSocketStream::from_raw_socket(ours, Role::Client, None).await,
            headers: answer.into_parts().0.headers,
        })
    }

    /// Adds what a handshake needs (RFC 6455 §4.1).
    fn shake(&mut self) {
        let mut add = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                self.head.headers.entry(name).or_insert(value);
            }
        };
        add(header::CONNECTION, "Upgrade");
        add(header::UPGRADE, "websocket");
        add(header::SEC_WEBSOCKET_VERSION, "13");
        add(header::SEC_WEBSOCKET_KEY, &generate_key());
    }

    /// Answers this request on a connection, and tells the answer; behind 101 the app has the connection.
    async fn serve(self, stream: DuplexStream, told: oneshot::Sender<http::Response<Body>>) {
        let once = Mutex::new(Some((self, told)));
        let service = service_fn(move |mut opening: http::Request<Incoming>| {
            let request = once.lock().unwrap_or_else(PoisonError::into_inner).take();
            async move {
                let Some((mut request, told)) = request else {
                    return Ok(http::Response::new(Body::from("")));
                };
                request
                    .head
                    .extensions
                    .insert(hyper::upgrade::on(&mut opening));
                Ok::<_, Infallible>(tell(request.begin().await, told))
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // The test hears by the answer, or by the end of the stream, how it went.
        let _ = connection.with_upgrades().await;
    }
}

/// Tells the answer, and returns what goes over the connection.
fn tell(
    answer: http::Response<Body>,
    told: oneshot::Sender<http::Response<Body>>,
) -> http::Response<Body> {
    let (head, body) = answer.into_parts();
    let mut wire = http::Response::new(Body::from(""));
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        *wire.status_mut() = head.status;
        wire.headers_mut().clone_from(&head.headers);
    }
    // Where the test has gone, nobody needs it.
    let _ = told.send(http::Response::from_parts(head, body));
    wire
}

/// Reads up to the blank line behind the head of the answer.
async fn skip_head(stream: &mut DuplexStream) {
    let mut last = [0; 4];
    while last != *b"\r\n\r\n" {
        let Ok(byte) = stream.read_u8().await else {
            return;
        };
        last.rotate_left(1);
        last[3] = byte;
    }
}

impl fmt::Debug for TestWebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestWebSocket").finish_non_exhaustive()
    }
}
