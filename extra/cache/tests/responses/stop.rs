//! A server that stops during a computation.

use std::{
    future::IntoFuture as _,
    time::{Duration, Instant},
};

use highball::prelude::*;
use highball_cache::responses::cached;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::sleep,
};

use crate::app::{AppState, Runs};

/// The first response comes at once, and each later one never.
#[get("/", cached(ttl = millis(1), stale = hours(1)))]
async fn home(runs: State<Runs>) -> &'static str {
    if runs.begin() > 1 {
        sleep(Duration::from_secs(600)).await;
    }
    "the first"
}

#[routes(app)]
struct Api(home);

#[tokio::test]
async fn a_stop_does_not_wait_for_a_refresh() {
    let state = AppState::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = highball::serve(Api)
        .state(state.clone())
        .install(state.responses.clone())
        .listen(listener)
        .quiet()
        .stop(async { drop(stopped.await) });
    let server = tokio::spawn(serving.into_future());
    for _ in 0..2 {
        sleep(Duration::from_millis(10)).await;
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.expect("it is sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("a response");
        assert!(text.ends_with("the first"), "{text}");
    }
    assert_eq!(state.runs.count(), 2);
    let begun = Instant::now();
    stop.send(()).expect("it serves");
    server.await.expect("no panic").expect("it has served");
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(state.responses.stats().loads, 2);
    // The old response is still there, and the refresh was dropped.
    assert_eq!(state.responses.stats().entries, 1);
}
