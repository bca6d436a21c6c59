//! Connections to a server, and requests over them.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::record::Failure;

type Body = Full<Bytes>;

/// A slot for one connection, which is replaced when it has been closed.
///
/// A request takes an HTTP/1 connection out of the slot. Requests share an HTTP/2 connection.
pub(crate) struct ConnectionSlot {
    addr: SocketAddr,
    http2: bool,
    state: Mutex<SlotState>,
}

#[derive(Default)]
struct SlotState {
    idle: Option<Sender>,
    /// The number of connections that have been opened.
    made: u64,
}

/// A connection that is ready for a request.
pub(crate) struct Connection {
    sender: Sender,
    /// The number of this connection in its slot, which identifies it in `reconnect`.
    number: u64,
    pub(crate) is_new: bool,
}

enum Sender {
    Http1(http1::SendRequest<Body>),
    Http2(http2::SendRequest<Body>),
}

/// The status of a response, and the size of its body.
pub(crate) type ResponseSummary = (u16, u64);

/// Returns the first address of a server that accepts connections.
pub(crate) fn resolve(server: &str, timeout: Duration) -> Result<SocketAddr, String> {
    let addrs = server
        .to_socket_addrs()
        .map_err(|error| format!("cannot resolve {server}: {error}"))?;
    let mut last = format!("cannot resolve {server}: it has no address");
    for addr in addrs {
        match std::net::TcpStream::connect_timeout(&addr, timeout) {
            Ok(_) => return Ok(addr),
            Err(error) => last = format!("cannot connect to {server}: {error}"),
        }
    }
    Err(last)
}

impl SlotState {
    /// Checks a connection out. An HTTP/2 connection stays in the slot as well.
    fn check_out(&mut self, sender: Sender, is_new: bool) -> Connection {
        if let Sender::Http2(shared) = &sender {
            self.idle = Some(Sender::Http2(shared.clone()));
        }
        Connection {
            sender,
            number: self.made,
            is_new,
        }
    }
}

impl ConnectionSlot {
    pub(crate) fn new(addr: SocketAddr, http2: bool) -> Self {
        let state = Mutex::default();
        Self { addr, http2, state }
    }

    /// Returns a connection that is ready for a request.
    pub(crate) async fn acquire(&self) -> Result<Connection, Failure> {
        let mut state = self.state.lock().await;
        self.check_out(&mut state).await
    }

    async fn check_out(&self, state: &mut SlotState) -> Result<Connection, Failure> {
        if let Some(mut sender) = state.idle.take()
            && sender.is_ready().await
        {
            return Ok(state.check_out(sender, false));
        }
        let sender = self.connect().await?;
        state.made += 1;
        Ok(state.check_out(sender, true))
    }

    /// Sends a request, and returns the connection to the slot.
    pub(crate) async fn send(
        &self,
        mut connection: Connection,
        request: Request<Body>,
    ) -> Result<ResponseSummary, Failure> {
        let mut outcome = connection.sender.try_send(request).await;
        if let Err((_, Some(request))) = outcome {
            // The server had closed the connection between two requests, as it may, so the request is sent once more.
            connection = self.reconnect(connection.number).await?;
            outcome = connection.sender.try_send(request).await;
        }
        let response = outcome.map_err(|(failure, _)| failure)?;
        let status = response.status().as_u16();
        let summary = (status, read_len(response.into_body()).await?);
        if matches!(connection.sender, Sender::Http1(_)) {
            self.state.lock().await.idle = Some(connection.sender);
        }
        Ok(summary)
    }

    /// Returns a newer connection than the one with this number. Another stream may have opened it already.
    async fn reconnect(&self, number: u64) -> Result<Connection, Failure> {
        let mut state = self.state.lock().await;
        if state.made == number {
            state.idle = None;
        }
        self.check_out(&mut state).await
    }

    async fn connect(&self) -> Result<Sender, Failure> {
        let stream = TcpStream::connect(self.addr)
            .await
            .map_err(|_| Failure::Connect)?;
        // Nagle's algorithm would delay small requests until the previous data is acknowledged.
        stream.set_nodelay(true).map_err(|_| Failure::Connect)?;
        let io = TokioIo::new(stream);
        // The errors of these tasks are not logged, because their requests report them.
        if self.http2 {
            let (sender, driving) = http2::handshake(TokioExecutor::new(), io)
                .await
                .map_err(|error| classify(&error))?;
            tokio::spawn(driving);
            return Ok(Sender::Http2(sender));
        }
        let (sender, driving) = http1::handshake(io)
            .await
            .map_err(|error| classify(&error))?;
        tokio::spawn(driving);
        Ok(Sender::Http1(sender))
    }
}

impl Sender {
    async fn is_ready(&mut self) -> bool {
        match self {
            Self::Http1(sender) => sender.ready().await.is_ok(),
            Self::Http2(sender) => sender.ready().await.is_ok(),
        }
    }

    /// Sends a request. If no part of it was sent, the error contains the request.
    async fn try_send(
        &mut self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, (Failure, Option<Request<Body>>)> {
        let outcome = match self {
            Self::Http1(sender) => sender.try_send_request(request).await,
            Self::Http2(sender) => sender.try_send_request(request).await,
        };
        outcome.map_err(|mut error| {
            let request = error.take_message();
            (classify(error.error()), request)
        })
    }
}

/// Reads a body to its end, and returns its size.
async fn read_len(mut body: Incoming) -> Result<u64, Failure> {
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| classify(&error))?;
        length += frame.data_ref().map_or(0, |data| data.len() as u64);
    }
    Ok(length)
}

/// Distinguishes a violation of the protocol from a closed connection.
fn classify(error: &hyper::Error) -> Failure {
    if error.is_parse() {
        return Failure::Protocol;
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let is_closed = error.is_io() || error.is_remote();
            return if is_closed {
                Failure::Closed
            } else {
                Failure::Protocol
            };
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return match error.kind() {
                ErrorKind::InvalidData | ErrorKind::InvalidInput => Failure::Protocol,
                _ => Failure::Closed,
            };
        }
        cause = error.source();
    }
    Failure::Closed
}
