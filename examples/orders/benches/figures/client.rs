//! A client that reuses its connections.

use std::{
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use highball::tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A client that reuses its connections.
pub(crate) struct Client {
    address: SocketAddr,
    idle: Mutex<Vec<TcpStream>>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let idle = Mutex::default();
        Self { address, idle }
    }

    /// Sends a request and returns the status of the response.
    pub(crate) async fn ask(&self, request: &str) -> highball::Result<u16> {
        let idle = self.idle().pop();
        let mut stream = match idle {
            Some(stream) => stream,
            None => TcpStream::connect(self.address).await?,
        };
        stream.write_all(request.as_bytes()).await?;
        let status = read(&mut stream).await?;
        self.idle().push(stream);
        Ok(status)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<TcpStream>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a response with `Content-Length`, and returns its status.
async fn read(stream: &mut TcpStream) -> highball::Result<u16> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(highball::Error::new("the connection was closed"));
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let after = |before: &str| head.split_once(before).map(|(_, rest)| rest);
        let len = after("content-length: ").and_then(|rest| rest.lines().next()?.parse().ok());
        if body.len() >= len.unwrap_or(0_usize) {
            let status = after(" ").and_then(|rest| rest.get(..3)?.parse().ok());
            return Ok(status.unwrap_or_default());
        }
    }
}
