use std::future::IntoFuture;

use futures_util::{SinkExt, StreamExt};
use highball::{
    block_on,
    prelude::*,
    tokio::{self, net::TcpListener},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::{Api, AppState};

#[test]
fn page_is_served() {
    let response = block_on(Api.test().state(AppState::default()).get("/").send());
    assert_eq!(
        response.header(header::CONTENT_TYPE),
        "text/html; charset=utf-8"
    );
    assert!(response.text().contains("new WebSocket"));
}

#[test]
fn messages_reach_all_members() {
    block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("ws://{}/chat", listener.local_addr().expect("an address"));
        let server = highball::serve(Api).state(AppState::default());
        tokio::spawn(server.listen(listener).quiet().into_future());
        let (mut zoe, _) = connect_async(&url).await.expect("a WebSocket");
        let (mut max, _) = connect_async(&url).await.expect("a WebSocket");
        for line in ["hello", "and again"] {
            zoe.send(Message::text(line)).await.expect("it is sent");
            for socket in [&mut zoe, &mut max] {
                let heard = socket.next().await.expect("a line").expect("a message");
                assert_eq!(heard, Message::text(line));
            }
        }
    });
}
