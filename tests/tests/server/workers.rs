//! Workers: threads that each have a runtime and a queue of connections.

use std::{
    collections::HashSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use highball::{
    Config, Error,
    prelude::*,
    serve::{Listener, Serve},
    tokio,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use crate::{Server, ask, bound, connect, soon, until};

#[get("/thread")]
async fn thread() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}

static SPAWNED: AtomicBool = AtomicBool::new(false);

#[get("/spawn")]
async fn spawn(cx: &mut Context<'_>) {
    cx.spawn(async {
        sleep(millis(50)).await;
        SPAWNED.store(true, SeqCst);
    });
}

static OPENED: Mutex<Option<TcpStream>> = Mutex::new(None);

#[get("/open/{port}")]
async fn open(port: u16) -> Result<(), Rejection> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await;
    *OPENED.lock().expect("no panic") = stream.ok();
    Ok(())
}

#[routes(app)]
struct Api(thread, spawn, open);

fn serving(listener: impl Into<Listener>) -> Serve<Api> {
    let config = Config::default().workers(2);
    highball::serve(Api).listen(listener).config(config)
}

fn start(listener: impl Into<Listener>) -> Server {
    Server::of(serving(listener))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_worker_has_a_thread() {
    let (listener, addr) = bound().await;
    drop(listener);
    let server = start(addr);
    until("it listens", async || {
        TcpStream::connect(addr).await.is_ok()
    })
    .await;
    let mut threads = HashSet::new();
    while threads.len() < 2 {
        threads.insert(ask(connect(addr).await, b"", "/thread").await);
    }
    let expected = ["highball-0", "highball-1"].map(str::to_owned);
    assert_eq!(threads, HashSet::from(expected));
    let kept = connect(addr).await;
    server.stop().await.expect("it served");
    assert_eq!(ask(kept, b"", "/ping").await, "");
    assert!(TcpStream::connect(addr).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_wait_for_spawned_tasks() {
    let (listener, addr) = bound().await;
    let server = start(listener);
    ask(connect(addr).await, b"", "/spawn").await;
    server.stop().await.expect("it served");
    assert!(SPAWNED.load(SeqCst));
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_hook_can_use_sockets_of_a_worker() {
    let ((listener, addr), (other, other_addr)) = (bound().await, bound().await);
    let serving = serving(listener).on_stop("say goodbye", secs(5), async {
        let opened = OPENED.lock().expect("no panic").take();
        let mut stream = opened.ok_or_else(|| Error::new("nothing was opened"))?;
        stream.write_all(b"bye").await?;
        // The stream works only while the runtime of the worker that opened it is running.
        stream.read_u8().await?;
        Ok(())
    });
    let server = Server::of(serving);
    ask(
        connect(addr).await,
        b"",
        &format!("/open/{}", other_addr.port()),
    )
    .await;
    let (mut accepted, _) = soon(other.accept()).await.expect("it connects");
    let stopping = tokio::spawn(server.stop());
    let mut said = [0; 3];
    soon(accepted.read_exact(&mut said))
        .await
        .expect("the message is received");
    accepted.write_all(b"!").await.expect("it is sent");
    let stopped = soon(stopping).await.expect("no panic");
    stopped.expect("the hook succeeds");
}
