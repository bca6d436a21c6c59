//! The client of this package with its server: each documented answer arrives as its variant.

mod answers;
mod app;
mod headers;
mod transports;
mod typed;

use std::sync::atomic::Ordering;

use client_fixture::shop::{Client, ClientError};
use transports::{Server, Tcp, in_process};

#[tokio::test]
async fn each_answer_arrives_over_tcp() {
    let mut server = Server::start().await;
    server.client = server.client.with_bearer("secret");
    answers::all(&server.client).await;
    server.stop().await;
}

#[tokio::test]
async fn each_answer_arrives_from_the_test_client() {
    answers::all(&in_process().with_bearer("secret")).await;
}

#[tokio::test]
async fn a_failed_connection_is_an_error_and_is_not_repeated() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let transport = Tcp::default();
    let client = Client::new(&transport, &base.parse().expect("an address"));
    let error = client.app_maps().await.unwrap_err();
    assert!(matches!(error, ClientError::Transport(_)), "{error:?}");
    assert_eq!(transport.sent.load(Ordering::Relaxed), 1);
}
