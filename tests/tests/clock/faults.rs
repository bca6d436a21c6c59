//! Faults that users of other clocks for tests have met.

use futures_util::StreamExt;
use highball::{Config, prelude::*, testing::Clock, tokio, ws::WebSocketUpgrade};
use tokio::net::{TcpListener, TcpStream};

use crate::{around, server::Server, soon};

/// tokio's paused time skips to the next timer while bytes are on their way. Here the clock visits each second, and
/// lets the bytes arrive, so that the connection is never idle for its two seconds.
#[tokio::test]
async fn a_client_and_a_server_take_turns_over_a_real_socket() {
    let server = Server::start(Config::default().idle_timeout(secs(2))).await;
    let mut client = server.connect().await;
    let clock = server.clock.handle();
    let requests = tokio::spawn(async move {
        for _ in 0..300 {
            client.get("/ping", "pong").await;
            clock.sleep(millis(1900)).await;
        }
    });
    server.clock.advance(millis(1900) * 300).await;
    assert!(requests.is_finished());
    requests.await.expect("each request has its response");
}

#[get("/chat")]
async fn chat(upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.keep_alive(secs(30), secs(10));
    upgrade.on(async |mut socket| while socket.recv().await.is_ok() {})
}

#[routes(app)]
struct Chats(chat);

#[tokio::test]
async fn a_websocket_over_a_real_socket_responds_to_the_pings_of_an_hour() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("it is bound");
    let clock = Clock::new();
    let serving = highball::serve(Chats)
        .quiet()
        .clock(&clock)
        .listen(listener);
    let server = tokio::spawn(serving);
    let stream = TcpStream::connect(addr).await.expect("it listens");
    let opened = tokio_tungstenite::client_async(format!("ws://{addr}/chat"), stream);
    let (mut socket, _) = soon(opened).await.expect("a WebSocket");
    let reading = tokio::spawn(async move {
        let mut pings = 0;
        while let Some(Ok(message)) = socket.next().await {
            pings += u32::from(message.is_ping());
            if pings == 120 {
                break;
            }
        }
        pings
    });
    let ended = around(&clock, secs(3600), || reading.is_finished()).await;
    assert_eq!(ended, [false, true]);
    assert_eq!(reading.await.expect("no panic"), 120);
    server.abort();
}

#[derive(State)]
struct TestState {
    clock: Clock,
}

/// Moves the clock itself, as if its work took that long.
#[get("/wait/{seconds}", timeout = secs(5))]
async fn work(seconds: u64, clock: State<Clock>) -> &'static str {
    clock.advance(secs(seconds)).await;
    "done"
}

#[get("/nap")]
async fn nap(cx: &mut Context<'_>) {
    cx.clock().sleep(secs(1)).await;
}

#[routes(app)]
struct Work(work, nap);

/// A clock that waits for its waiters, such as `tickAsync` of sinon in a callback, waits for itself here.
#[tokio::test]
async fn a_handler_may_move_the_clock() {
    let clock = Clock::new();
    let begun = clock.now();
    let state = || TestState {
        clock: clock.clone(),
    };
    for (path, status) in [("/wait/4", 200), ("/wait/6", 503)] {
        let request = Work.test().state(state()).clock(&clock).get(path);
        assert_eq!(soon(request.send()).await.status(), status, "{path}");
    }
    // The second one was dropped at its timeout.
    assert_eq!(clock.now() - begun, secs(4 + 5));
    let request = Work.test().state(state()).clock(&clock).get("/wait/3");
    let (response, ()) = tokio::join!(request.send(), clock.advance(secs(1)));
    assert_eq!(response.status(), 200);
    assert_eq!(clock.now() - begun, secs(9 + 4));
}

/// Fake timers that replace those of the process leak into other tests.
#[tokio::test]
async fn clocks_of_two_apps_are_independent() {
    let (one, two) = (Clock::new(), Clock::new());
    let nap = |clock: &Clock| {
        let client = Work.test().state(TestState {
            clock: clock.clone(),
        });
        tokio::spawn(client.clock(clock).get("/nap").send())
    };
    let (first, second) = (nap(&one), nap(&two));
    one.advance(secs(1)).await;
    assert!(first.is_finished() && !second.is_finished());
    two.advance(secs(1)).await;
    assert!(second.is_finished());
}

/// Threads of the server run when the system lets them. So a test moves the clock until it sees the effect.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_threads_follows_the_clock() {
    let server = Server::start(Config::default().workers(2).idle_timeout(secs(75))).await;
    let mut clients = Vec::new();
    for _ in 0..8 {
        let mut client = server.connect().await;
        client.get("/ping", "pong").await;
        clients.push(client);
    }
    let closed = async {
        for mut client in clients {
            let read = tokio::io::AsyncReadExt::read(&mut client.0, &mut [0]).await;
            assert_eq!(read.expect("it is closed in order"), 0);
        }
    };
    let moving = async {
        loop {
            server.clock.advance(secs(1)).await;
        }
    };
    let done = async {
        tokio::select! {
            () = closed => {}
            () = moving => {}
        }
    };
    soon(done).await;
}
