//! Connections to a server, and requests over them.

use std::net::{SocketAddr, ToSocketAddrs};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::record::Failure;

type Body = Full<Bytes>;

/// A place for one connection, which is made anew when it has ended.
///
/// One of HTTP/1 is taken out while a request is on it; one of HTTP/2 is shared.
pub(crate) struct Link {
    addr: SocketAddr,
    http2: bool,
    idle: Mutex<Option<Sender>>,
}

/// A connection that takes a request.
pub(crate) enum Sender {
    Http1(http1::SendRequest<Body>),
    Http2(http2::SendRequest<Body>),
}

/// What came back: a status, and how many bytes.
pub(crate) type Answer = (u16, u64);

/// Finds out where a server is.
pub(crate) fn resolve(address: &str) -> Result<SocketAddr, String> {
    let mut found = address
        .to_socket_addrs()
        .map_err(|error| format!("cannot find {address}: {error}"))?;
    found.next().ok_or_else(|| format!("cannot find {address}"))
}

impl Link {
    pub(crate) fn new(addr: SocketAddr, http2: bool) -> Self {
        let idle = Mutex::new(None);
        Self { addr, http2, idle }
    }

    /// Sends a request when `sender` has the connection, and keeps the connection if it can.
    pub(crate) async fn send(
        &self,
        mut sender: Sender,
        request: Request<Body>,
    ) -> Result<Answer, Failure> {
        let answer = sender.exchange(request).await?;
        if matches!(sender, Sender::Http1(_)) {
            *self.idle.lock().await = Some(sender);
        }
        Ok(answer)
    }

    /// Returns a connection that takes a request.
    pub(crate) async fn ready(&self) -> Result<Sender, Failure> {
        let mut idle = self.idle.lock().await;
        if let Some(mut sender) = idle.take()
            && sender.is_ready().await
        {
            if let Sender::Http2(shared) = &sender {
                *idle = Some(Sender::Http2(shared.clone()));
            }
            return Ok(sender);
        }
        let sender = self.connect().await?;
        if let Sender::Http2(shared) = &sender {
            *idle = Some(Sender::Http2(shared.clone()));
        }
        Ok(sender)
    }

    async fn connect(&self) -> Result<Sender, Failure> {
        let stream = TcpStream::connect(self.addr)
            .await
            .map_err(|_| Failure::Connect)?;
        stream.set_nodelay(true).map_err(|_| Failure::Connect)?;
        let io = TokioIo::new(stream);
        // The tasks of the connections end with them, and say nothing that their requests do not.
        if self.http2 {
            let (sender, driving) = http2::handshake(TokioExecutor::new(), io)
                .await
                .map_err(why)?;
            tokio::spawn(driving);
            return Ok(Sender::Http2(sender));
        }
        let (sender, driving) = http1::handshake(io).await.map_err(why)?;
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

    async fn exchange(&mut self, request: Request<Body>) -> Result<Answer, Failure> {
        let response = match self {
            Self::Http1(sender) => sender.send_request(request).await,
            Self::Http2(sender) => sender.send_request(request).await,
        };
        let response = response.map_err(why)?;
        let status = response.status().as_u16();
        Ok((status, length(response.into_body()).await?))
    }
}

/// Reads a body to its end.
async fn length(mut body: Incoming) -> Result<u64, Failure> {
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(why)?;
        length += frame.data_ref().map_or(0, |data| data.len() as u64);
    }
    Ok(length)
}

#[expect(clippy::needless_pass_by_value, reason = "it maps errors")]
fn why(error: hyper::Error) -> Failure {
    if error.is_parse() {
        Failure::Protocol
    } else {
        Failure::Closed
    }
}
