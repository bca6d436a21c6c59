//! Requests over TCP, to a server that may be killed at any time.

use std::{net::SocketAddr, time::Duration};

use highball::{Error, json, serde_json, serde_json::Value};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// How long a client waits for a response.
const WAIT: Duration = Duration::from_secs(10);

/// The address of the mail of an order in a test.
pub(crate) fn address_of(number: usize) -> String {
    format!("o{number}@example.org")
}

/// Sends an order, and returns the status and the body.
///
/// # Errors
/// Returns an error if the connection ends before the response.
pub(crate) async fn order(server: SocketAddr, number: usize) -> highball::Result<(u16, String)> {
    let customer = format!("c{}", number % 20);
    let order = json!({
        "customer": customer,
        "email": address_of(number),
        "cents": number % 5000 + 1,
    });
    let body = order.to_string();
    let head = format!(
        "POST /orders HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    timeout(WAIT, exchange(server, format!("{head}{body}"))).await?
}

async fn exchange(server: SocketAddr, request: String) -> highball::Result<(u16, String)> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    let incomplete = || Error::new(format!("no response: {text:?}"));
    let status = text.get(9..12).and_then(|status| status.parse().ok());
    let (_, body) = text.split_once("\r\n\r\n").ok_or_else(incomplete)?;
    Ok((status.ok_or_else(incomplete)?, body.to_owned()))
}

/// Returns the number of an order from the body of its response.
pub(crate) fn id(body: &str) -> i64 {
    let order: Value = serde_json::from_str(body).expect("JSON");
    order["id"].as_i64().expect("a number")
}
