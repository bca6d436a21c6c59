//! The client side of a WebSocket in a test.

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

use super::{TestRequest, TestResponse, request::read_response};
use crate::{
    body::Body,
    extract::{
        close_frame,
        websocket::{Closed, Message},
    },
    header_value,
};

/// A handshake for hyper, which upgrades a connection only after one.
///
/// The app never sees it: it gets the request of the test, with the upgrade of this connection.
const OPENING: &[u8] =
    b"GET / HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

/// How many bytes one side can send before the other side reads.
const BUFFER: usize = 64 * 1024;

/// How long the test waits for the closing handshake of the app.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The client side of a WebSocket in a test. [`TestRequest::websocket`] returns it.
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::TestWebSocket, ws::{Message, WebSocketUpgrade}};
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
/// let mut socket: TestWebSocket = Api.test().get("/echo").websocket().await.expect("a WebSocket");
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
    /// Returns the headers of the response that accepted the upgrade.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the subprotocol that the app selected.
    pub fn protocol(&self) -> Option<&str> {
        let protocol = self.headers.get(header::SEC_WEBSOCKET_PROTOCOL);
        protocol.and_then(header_value::text)
    }

    /// Waits for the next message.
    ///
    /// # Errors
    /// Returns a [`Closed`] if the app has closed the WebSocket or dropped the connection.
    ///
    /// # Cancel safety
    /// No message is lost if the future is dropped.
    pub async fn recv(&mut self) -> Result<Message, Closed> {
        loop {
            match self.stream.next().await {
                Some(Ok(tungstenite::Message::Text(text))) => {
                    return Ok(Message::Text(text.as_str().to_owned()));
                }
                Some(Ok(tungstenite::Message::Binary(bytes))) => return Ok(Message::Binary(bytes)),
                Some(Ok(tungstenite::Message::Close(frame))) => {
                    // tungstenite sends the close frame of this side on the next poll.
                    let answered = async { while let Some(Ok(_)) = self.stream.next().await {} };
                    let _ = timeout(CLOSE_TIMEOUT, answered).await;
                    return Err(Closed::from_frame(frame));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Closed::without_close_frame(error.to_string())),
                None => {
                    return Err(Closed::without_close_frame(
                        "the app dropped the connection",
                    ));
                }
            }
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// Returns a [`Closed`] if the WebSocket is closed.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Closed> {
        let message = match message.into() {
            Message::Text(text) => tungstenite::Message::Text(text.into()),
            Message::Binary(bytes) => tungstenite::Message::Binary(bytes),
        };
        let sent = self.stream.send(message).await;
        sent.map_err(|error| Closed::without_close_frame(error.to_string()))
    }

    /// Closes the WebSocket with a code and a reason, and returns the close frame of the app.
    ///
    /// Messages that arrive before it are dropped. The method waits at most five seconds.
    pub async fn close(mut self, code: u16, reason: &str) -> Closed {
        if let Err(error) = self.stream.close(Some(close_frame(code, reason))).await {
            return Closed::without_close_frame(error.to_string());
        }
        let close_frame = async {
            loop {
                if let Err(closed) = self.recv().await {
                    return closed;
                }
            }
        };
        let closed = timeout(CLOSE_TIMEOUT, close_frame).await;
        closed.unwrap_or_else(|_| Closed::without_close_frame("the app sent no close frame"))
    }
}

impl TestRequest {
    /// Sends the request as a WebSocket handshake, without a network socket.
    ///
    /// The headers of the request and the cookies of the session are sent. Offer subprotocols with the header
    /// `Sec-WebSocket-Protocol`. Headers that the handshake requires are added if they are missing.
    ///
    /// # Errors
    /// Returns the response of the app if its status is not 101.
    ///
    /// # Panics
    /// Panics if the body of such a response fails, or if the session is that of a
    /// [`remote`](super::TestSession::remote) server.
    pub async fn websocket(mut self) -> Result<TestWebSocket, TestResponse> {
        assert!(
            !self.target.is_remote(),
            "a WebSocket needs the app in this process, and this session is that of a remote server"
        );
        self.add_handshake_headers();
        let (mut ours, theirs) = duplex(BUFFER);
        let (sender, response) = oneshot::channel();
        tokio::spawn(self.serve(theirs, sender));
        let sent = ours.write_all(OPENING).await;
        sent.unwrap_or_else(|error| panic!("the connection failed: {error}"));
        let response = response.await;
        let response = response.unwrap_or_else(|error| panic!("the app sent no response: {error}"));
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(read_response(response).await);
        }
        skip_head(&mut ours).await;
        Ok(TestWebSocket {
            stream: WebSocketStream::from_raw_socket(ours, Role::Client, None).await,
            headers: response.into_parts().0.headers,
        })
    }

    /// Adds the headers that a handshake requires (RFC 6455 §4.1).
    fn add_handshake_headers(&mut self) {
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

    /// Runs the request on a connection and sends the response to the test. After a 101 the app owns the connection.
    async fn serve(self, stream: DuplexStream, sender: oneshot::Sender<http::Response<Body>>) {
        let once = Mutex::new(Some((self, sender)));
        let service = service_fn(move |mut opening: http::Request<Incoming>| {
            let request = once.lock().unwrap_or_else(PoisonError::into_inner).take();
            async move {
                let Some((mut request, sender)) = request else {
                    return Ok(http::Response::new(Body::from("")));
                };
                request
                    .head
                    .extensions
                    .insert(hyper::upgrade::on(&mut opening));
                Ok::<_, Infallible>(deliver(request.exchange().await, sender))
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // An error needs no report here: the test sees it as a missing response or as the end of the stream.
        let _ = connection.with_upgrades().await;
    }
}

/// Sends the response to the test, and returns a response without a body for the connection.
fn deliver(
    response: http::Response<Body>,
    sender: oneshot::Sender<http::Response<Body>>,
) -> http::Response<Body> {
    let (head, body) = response.into_parts();
    let mut wire = http::Response::new(Body::from(""));
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        *wire.status_mut() = head.status;
        wire.headers_mut().clone_from(&head.headers);
    }
    // Sending fails if the test has dropped its future, and then needs no response.
    let _ = sender.send(http::Response::from_parts(head, body));
    wire
}

/// Reads up to the blank line after the head of the response.
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
