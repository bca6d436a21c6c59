//! A served app, and requests over TCP.

#![allow(dead_code, reason = "not every test uses each function")]

use std::{future::IntoFuture, net::SocketAddr, time::Duration};

use highball::tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Returns a listener on a free port, and its address.
pub(crate) async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

/// Runs a server until the test ends.
pub(crate) fn run<S>(serving: S) -> JoinHandle<()>
where
    S: IntoFuture<Output = highball::Result, IntoFuture: Send + 'static>,
{
    let serving = serving.into_future();
    tokio::spawn(async move { serving.await.expect("a server") })
}

/// Sends a `GET` request, and returns the whole response.
pub(crate) async fn get(address: SocketAddr, path: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    send(address, &head).await.expect("a response")
}

/// Sends a request that ends the connection, and returns the whole response, or nothing if it ends without one.
pub(crate) async fn send(address: SocketAddr, request: &str) -> Option<String> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await.ok()?;
        Some(text).filter(|text| !text.is_empty())
    };
    let limit = Duration::from_secs(20);
    tokio::time::timeout(limit, exchange)
        .await
        .expect("no request hangs")
}
