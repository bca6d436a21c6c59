//! Clients that disconnect before the response.

use std::time::Duration;

use highball::{Config, prelude::*, tokio};
use tokio::{net::TcpListener, sync::Notify, time::timeout};

use crate::{
    Server,
    client::{Client, PATIENCE},
    frame::{self, code::CANCEL, reset},
};

static BEGUN: Notify = Notify::const_new();
static FINISHED: Notify = Notify::const_new();

#[get("/finish")]
pub(crate) async fn finish() {
    BEGUN.notify_one();
    tokio::time::sleep(Duration::from_millis(50)).await;
    FINISHED.notify_one();
}

/// Without `cancel_on_disconnect`, the handler runs to its end after a reset of the stream or a close of the
/// connection.
#[tokio::test]
async fn handler_runs_to_its_end_without_cancel_on_disconnect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let server = Server::start_on(listener, Config::default().cancel_on_disconnect(false));
    for resets in [true, false] {
        let mut client = Client::connect(server.addr).await;
        client.send(&frame::get(1, "/finish")).await;
        timeout(PATIENCE, BEGUN.notified())
            .await
            .expect("it begins");
        if resets {
            client.send(&reset(1, CANCEL)).await;
        } else {
            drop(client);
        }
        timeout(PATIENCE, FINISHED.notified())
            .await
            .expect("it ends");
    }
    server.stop().await;
}
