//! Clients that read no responses: the memory that the server uses for them is limited.

use std::{
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use highball::{Config, tokio};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpSocket},
    time::timeout,
};

use crate::{
    GAUGES, Server,
    client::{Client, Outcome, PATIENCE},
    frame::{setting::*, *},
    neighbor::{Neighbor, flood},
};

/// The write timeout of the server.
const WRITE_TIMEOUT: Duration = Duration::from_millis(300);

/// Starts a server with a small send buffer, which few responses fill.
fn server() -> Server {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_send_buffer_size(4096).expect("it may be small");
    let any = "127.0.0.1:0".parse().expect("an address");
    socket.bind(any).expect("a port");
    let listener = socket.listen(16).expect("it listens");
    Server::start_on(listener, Config::default().write_timeout(WRITE_TIMEOUT))
}

/// Sends the frame until the connection ends, and returns the number of bytes that were sent.
async fn taken(client: &mut Client, frame: &[u8]) -> usize {
    let batch = frame.repeat(64);
    let mut taken = 0;
    let sending = async {
        while let Ok(count) = client.output.write(&batch).await {
            taken += count;
        }
    };
    timeout(PATIENCE, sending).await.expect("it is ended");
    taken
}

/// CVE-2019-9512 and 9515: the server stops reading while it cannot write, so the client cannot send either. After the
/// timeout the server closes the connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_acknowledgments_close_the_connection() {
    // The buffers of both sockets, of h2 and of the server.
    const MOST: usize = 8 << 20;
    for frame in [ping(b"whatever"), settings(&[])] {
        let server = server();
        let neighbor = Neighbor::beside(&server).await;
        let mut client = Client::connect_deaf(server.addr, &[]).await;
        let began = Instant::now();
        let taken = taken(&mut client, &frame).await;
        assert!(began.elapsed() >= WRITE_TIMEOUT, "it ends by the timeout");
        assert!(taken < MOST, "the server took {taken} bytes");
        neighbor.was_served().await;
        server.stop().await;
    }
}

/// CVE-2019-9517: the windows are open, but the socket is full.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_response_is_not_produced_and_closes_the_connection() {
    const STREAMS: u32 = 16;
    // The buffer of each stream, and the data in the sockets.
    const MOST: usize = 16 * (64 << 10) + (1 << 20);
    let server = server();
    let neighbor = Neighbor::beside(&server).await;
    let open = [(INITIAL_WINDOW_SIZE, MAX_WINDOW)];
    let mut client = Client::connect_deaf(server.addr, &open).await;
    client.send(&window_update(0, MAX_WINDOW - 65_535)).await;
    for nth in 0..STREAMS {
        client.send(&get(nth * 2 + 1, "/pour/4")).await;
    }
    // The client does not read, so it can notice the close only by sending.
    let _until_the_end = taken(&mut client, &priority(1, 0, 0)).await;
    let made = GAUGES[4].now.load(Relaxed);
    assert!((1..MOST).contains(&made), "{made} bytes were made");
    neighbor.was_served().await;
    server.stop().await;
}

/// CVE-2019-9511: the window of a stream is never opened, or only byte by byte.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn response_without_a_window_is_not_produced_ahead() {
    const UPDATES: usize = 2_000;
    // The bytes that fit into the window, and a few chunks in buffers.
    const MOST: usize = UPDATES + (16 << 10);
    let server = server();
    let neighbor = Neighbor::beside(&server).await;
    let mut client = Client::connect_with(server.addr, &[(INITIAL_WINDOW_SIZE, 0)]).await;
    client.send(&get(1, "/pour/5")).await;
    assert_eq!(client.input.outcome().await, Outcome::Answer(200));
    let drip = std::iter::repeat_n(window_update(1, 1), UPDATES);
    // The body of the last response waits for its window, but the head does not.
    assert_eq!(flood(client, drip).await, Outcome::Answer(200));
    let made = GAUGES[5].now.load(Relaxed);
    assert!((1..MOST).contains(&made), "{made} bytes were made");
    neighbor.was_served().await;
    server.stop().await;
}

/// A closed window does not block the socket, so the write timeout of the connection does not notice it. Each stream
/// has a write timeout too, for streamed and for complete bodies.
#[tokio::test]
async fn response_without_a_window_is_reset() {
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let short = Config::default().write_timeout(WRITE_TIMEOUT);
    let server = Server::start_on(socket, short);
    for path in ["/pour/0", "/ping"] {
        let mut client = Client::connect_with(server.addr, &[(INITIAL_WINDOW_SIZE, 0)]).await;
        client.send(&get(1, path)).await;
        assert_eq!(client.input.outcome().await, Outcome::Answer(200));
        let outcome = client.input.outcome().await;
        assert_eq!(outcome, Outcome::Reset(code::CANCEL), "{path}");
    }
    server.stop().await;
}

/// Pings keep the connection busy without a request. The shutdown sends a ping, which the client does not acknowledge.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_do_not_delay_shutdown() {
    let server = server();
    let mut client = Client::connect(server.addr).await;
    let pinging = tokio::spawn(async move {
        loop {
            client.send(&ping(b"whatever")).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = Instant::now();
    server.stop().await;
    assert!(began.elapsed() < Duration::from_secs(5));
    pinging.abort();
}

/// A connection at its limit of requests sends GOAWAY and a ping, and does not wait forever for the acknowledgment.
#[tokio::test]
async fn unacknowledged_goaway_closes_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let config = Config::default().max_requests_per_connection(1);
    let server = Server::start_on(listener, config.head_timeout(WRITE_TIMEOUT));
    let mut client = Client::connect(server.addr).await;
    client.send(&get(1, "/ping")).await;
    let ended = async { while client.input.frame().await.is_some() {} };
    timeout(PATIENCE, ended).await.expect("it is ended");
    server.stop().await;
}
