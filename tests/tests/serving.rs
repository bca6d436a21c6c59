//! Where an app listens, how it starts and stops, and on which threads.

use std::{
    collections::HashSet,
    future::{Future, IntoFuture},
    io,
    net::SocketAddr,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use highball::{
    BoxError, Config, Error, Incoming, Listener, Proxies, ServeWith, prelude::*, tokio,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex},
    net::{TcpListener, TcpStream, UnixStream},
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{sleep, timeout},
};

/// Longer than anything here takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

#[get("/ping")]
async fn ping() -> &'static str {
    "pong"
}

#[get("/peer")]
async fn peer(cx: &mut Context<'_>) -> String {
    cx.peer()
        .map_or_else(|| "nobody".to_owned(), |peer| peer.to_string())
}

#[get("/thread")]
async fn thread() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}

#[get("/spawn")]
async fn spawn(cx: &mut Context<'_>, done: State<Done>) {
    let done = done.clone();
    cx.spawn(async move {
        sleep(millis(50)).await;
        done.0.store(true, SeqCst);
    });
}

#[derive(Debug, Default)]
struct Done(AtomicBool);

#[derive(Debug, Default, State)]
struct AppState {
    done: Done,
}

#[routes(app)]
struct Api(ping, peer, thread, spawn, highball::livez, highball::readyz);

struct Server {
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
}

impl Server {
    fn start(change: impl FnOnce(ServeWith) -> ServeWith) -> Self {
        let (stop, stopped) = oneshot::channel();
        let serving = highball::serve(Api).state(AppState::default()).quiet();
        let serving = change(serving).stop(async {
            let _ = stopped.await;
        });
        let task = tokio::spawn(serving.into_future());
        Self { stop, task }
    }

    /// Waits for an end that nobody asked for.
    async fn ended(self) -> highball::Result {
        soon(self.task).await.expect("it does not panic")
    }

    async fn stop(self) -> highball::Result {
        let _ended_already = self.stop.send(());
        soon(self.task).await.expect("it does not panic")
    }
}

async fn soon<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("it is done in time")
}

/// Sends a request, behind what a connection begins with, and returns the body of its answer.
async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, before: &[u8], path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    stream.write_all(before).await.expect("it is sent");
    let _closed = stream.write_all(request.as_bytes()).await;
    let mut answer = String::new();
    let _cut = soon(stream.read_to_string(&mut answer)).await;
    let body = answer.split_once("\r\n\r\n");
    body.map(|(_, body)| body.to_owned()).unwrap_or_default()
}

async fn bound() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let addr = listener.local_addr().expect("it is bound");
    (listener, addr)
}

async fn connect(addr: SocketAddr) -> TcpStream {
    TcpStream::connect(addr).await.expect("it listens")
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    soon(async {
        while !is_so().await {
            sleep(millis(2)).await;
        }
    })
    .await;
    let _ = what;
}

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("highball-{name}-{}.sock", std::process::id()))
}

#[tokio::test]
async fn several_places_are_served_at_once() {
    let ((one, first), (two, second)) = (bound().await, bound().await);
    let path = path("several");
    let unix = Listener::unix(&path).mode(0o600);
    let server = Server::start(|serve| serve.listen(one).listen(two).listen(unix));
    assert_eq!(ask(connect(first).await, b"", "/ping").await, "pong");
    assert_eq!(ask(connect(second).await, b"", "/ping").await, "pong");
    until("it is bound", async || {
        UnixStream::connect(&path).await.is_ok()
    })
    .await;
    let metadata = std::fs::metadata(&path).expect("it is there");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let stream = UnixStream::connect(&path).await.expect("it listens");
    assert_eq!(ask(stream, b"", "/peer").await, "nobody");
    server.stop().await.expect("it served");
    assert!(!path.exists(), "the file is removed");
}

#[tokio::test]
async fn ipv4_and_ipv6_share_a_port() {
    let (listener, addr) = bound().await;
    drop(listener);
    let v6: SocketAddr = format!("[::]:{}", addr.port()).parse().expect("an address");
    let v4: SocketAddr = format!("0.0.0.0:{}", addr.port())
        .parse()
        .expect("an address");
    let server = Server::start(|serve| serve.listen(v6).listen(v4));
    until("it listens", async || {
        TcpStream::connect(addr).await.is_ok()
    })
    .await;
    let seen = ask(connect(addr).await, b"", "/peer").await;
    assert!(seen.starts_with("127.0.0.1:"), "{seen}");
    let local = format!("[::1]:{}", addr.port())
        .parse()
        .expect("an address");
    let seen = ask(connect(local).await, b"", "/peer").await;
    assert!(seen.starts_with("[::1]:"), "{seen}");
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn stale_socket_is_replaced_and_a_live_one_is_not() {
    let path = path("stale");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("it can be bound"));
    assert!(path.exists());
    let server = Server::start(|serve| serve.listen(Listener::unix(&path)));
    until("it listens", async || {
        UnixStream::connect(&path).await.is_ok()
    })
    .await;
    let second = Server::start(|serve| serve.listen(Listener::unix(&path)));
    let error = second.ended().await.expect_err("another program listens");
    assert!(
        error.to_string().contains("another program listens there"),
        "{error}"
    );
    let stream = UnixStream::connect(&path).await.expect("it still listens");
    assert_eq!(ask(stream, b"", "/ping").await, "pong");
    server.stop().await.expect("it served");

    std::fs::write(&path, "mine").expect("it can be written");
    let third = Server::start(|serve| serve.listen(Listener::unix(&path)));
    let error = third.ended().await.expect_err("it is a file");
    assert!(
        error.to_string().contains("a file that is no socket"),
        "{error}"
    );
    let kept = std::fs::metadata(&path).expect("it is there");
    assert!(!kept.file_type().is_socket());
    std::fs::remove_file(&path).expect("it is ours");
}

/// Accepts what a test sends it.
struct Handed(mpsc::Receiver<DuplexStream>);

impl Incoming for Handed {
    type Stream = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, Option<SocketAddr>)> {
        match self.0.recv().await {
            Some(stream) => Ok((stream, Some(([192, 0, 2, 1], 7).into()))),
            None => std::future::pending().await,
        }
    }
}

#[tokio::test]
async fn listener_of_ones_own_is_served() {
    for workers in [0, 2] {
        let (tx, rx) = mpsc::channel(1);
        let config = Config::default().workers(workers);
        let server = Server::start(|serve| serve.listen(Listener::own(Handed(rx))).config(config));
        let (near, far) = duplex(4096);
        tx.send(far).await.expect("it accepts");
        assert_eq!(ask(near, b"", "/peer").await, "192.0.2.1:7");
        server.stop().await.expect("it served");
    }
}

#[tokio::test]
async fn address_has_so_many_connections() {
    let (tx, rx) = mpsc::channel(1);
    let config = Config::default().connections_per_address(2);
    let server = Server::start(|serve| serve.listen(Listener::own(Handed(rx))).config(config));
    let mut kept = Vec::new();
    for _ in 0..2 {
        let (mut near, far) = duplex(4096);
        tx.send(far).await.expect("it accepts");
        near.write_all(b"GET /ping HTTP/1.1\r\nhost: a\r\n\r\n")
            .await
            .expect("it is sent");
        near.read_u8().await.expect("it is answered");
        kept.push(near);
    }
    let (near, far) = duplex(4096);
    tx.send(far).await.expect("it accepts");
    assert_eq!(ask(near, b"", "/ping").await, "");
    drop(kept);
    until("a place is free", async || {
        let (near, far) = duplex(4096);
        tx.send(far).await.expect("it accepts");
        ask(near, b"", "/ping").await == "pong"
    })
    .await;
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn proxy_says_whom_a_connection_is_from() {
    let (listener, addr) = bound().await;
    let from = Proxies::trust(["127.0.0.1"]).expect("an address");
    let listener = Listener::from(listener).proxy_protocol(from);
    let server = Server::start(|serve| serve.listen(listener));
    let header = b"PROXY TCP4 192.0.2.7 10.0.0.1 5000 80\r\n";
    assert_eq!(
        ask(connect(addr).await, header, "/peer").await,
        "192.0.2.7:5000"
    );
    let binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x08\x0a\0\0\x01\x13\x88\0\x50";
    assert_eq!(
        ask(connect(addr).await, binary, "/peer").await,
        "192.0.2.8:5000"
    );
    // One of those that must say it and does not is not served.
    assert_eq!(ask(connect(addr).await, b"", "/peer").await, "");
    server.stop().await.expect("it served");

    let (listener, addr) = bound().await;
    let from = Proxies::trust(["192.0.2.0/24"]).expect("a network");
    let listener = Listener::from(listener).proxy_protocol(from);
    let server = Server::start(|serve| serve.listen(listener));
    // From others it is no header but a bad request.
    assert!(
        !ask(connect(addr).await, header, "/peer")
            .await
            .contains("192.0.2.7")
    );
    assert!(
        ask(connect(addr).await, b"", "/peer")
            .await
            .starts_with("127.0.0.1:")
    );
    server.stop().await.expect("it served");
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_have_threads_of_their_own() {
    let (listener, addr) = bound().await;
    drop(listener);
    let config = Config::default().workers(2);
    let server = Server::start(|serve| serve.listen(addr).config(config));
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
async fn workers_wait_for_what_was_spawned() {
    let (listener, addr) = bound().await;
    let done = Arc::new(Done::default());
    let config = Config::default().workers(2);
    let server = Server::start(|serve| serve.listen(listener).config(config));
    ask(connect(addr).await, b"", "/spawn").await;
    let begun = std::time::Instant::now();
    server.stop().await.expect("it served");
    assert!(
        begun.elapsed() >= Duration::from_millis(40),
        "{:?}",
        begun.elapsed()
    );
    drop(done);
}

static OPENED: Mutex<Option<TcpStream>> = Mutex::new(None);

#[get("/open/{port}")]
async fn open(port: u16) -> Result<(), Rejection> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await;
    *OPENED.lock().expect("no panic") = stream.ok();
    Ok(())
}

#[routes(app)]
struct Opening(open);

#[tokio::test(flavor = "multi_thread")]
async fn stop_hook_may_use_what_was_made_on_a_worker() {
    let ((listener, addr), (other, other_addr)) = (bound().await, bound().await);
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = highball::serve(Opening)
        .listen(listener)
        .config(Config::default().workers(2))
        .quiet()
        .on_stop("say goodbye", secs(5), async {
            let opened = OPENED.lock().expect("no panic").take();
            let mut stream = opened.ok_or_else(|| Error::new("nothing was opened"))?;
            stream.write_all(b"bye").await?;
            // Waiting needs the runtime that it was made on.
            stream.read_u8().await?;
            Ok(())
        })
        .stop(async {
            let _ = stopped.await;
        });
    let task = tokio::spawn(serving.into_future());
    ask(
        connect(addr).await,
        b"",
        &format!("/open/{}", other_addr.port()),
    )
    .await;
    let (mut accepted, _) = soon(other.accept()).await.expect("it connects");
    stop.send(()).expect("it runs");
    let mut said = [0; 3];
    soon(accepted.read_exact(&mut said))
        .await
        .expect("it is said");
    accepted.write_all(b"!").await.expect("it is sent");
    soon(task)
        .await
        .expect("no panic")
        .expect("the hook succeeds");
}

#[tokio::test]
async fn hooks_run_in_order_around_the_requests() {
    let (listener, addr) = bound().await;
    let said: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let say = |word: &'static str| {
        let said = Arc::clone(&said);
        async move {
            tokio::task::yield_now().await;
            said.lock().expect("no panic").push(word);
            Ok(())
        }
    };
    let server = Server::start(|serve| {
        serve
            .listen(listener)
            .on_start("one", secs(1), say("one"))
            .on_start("two", secs(1), say("two"))
            .on_stop("three", secs(1), say("three"))
            .on_stop("four", secs(1), say("four"))
    });
    ask(connect(addr).await, b"", "/ping").await;
    assert_eq!(*said.lock().expect("no panic"), ["one", "two"]);
    server.stop().await.expect("it served");
    assert_eq!(
        *said.lock().expect("no panic"),
        ["one", "two", "three", "four"]
    );
}

async fn check_start(hook: impl Future<Output = highball::Result> + Send + 'static, message: &str) {
    let (listener, addr) = bound().await;
    let ran = Arc::new(AtomicUsize::new(0));
    let after = Arc::clone(&ran);
    let server = Server::start(|serve| {
        serve
            .listen(listener)
            .on_start("database", millis(50), hook)
            .on_start("after", secs(1), async move {
                after.fetch_add(1, SeqCst);
                Ok(())
            })
    });
    let error = server.ended().await.expect_err("it must not run");
    assert_eq!(error.to_string(), message);
    assert_eq!(ran.load(SeqCst), 0);
    assert!(
        TcpStream::connect(addr).await.is_err(),
        "it listens no more"
    );
}

#[tokio::test]
async fn start_hook_that_fails_is_the_error() {
    check_start(
        async { Err(Error::new("no password")) },
        "the start hook `database` failed: no password",
    )
    .await;
    check_start(
        async { std::panic::resume_unwind(Box::new("stop")) },
        "the start hook `database` panicked",
    )
    .await;
    check_start(
        async {
            std::future::pending::<()>().await;
            Ok(())
        },
        "the start hook `database` took longer than 50ms",
    )
    .await;
}

#[tokio::test]
async fn stop_while_it_starts_is_heard() {
    let server = Server::start(|serve| {
        serve
            .listen(SocketAddr::from(([127, 0, 0, 1], 0)))
            .on_start("for ever", secs(3600), std::future::pending())
    });
    server.stop().await.expect("it was asked to");
}

#[tokio::test]
async fn failed_stop_hook_holds_no_other_up() {
    let ran = Arc::new(AtomicBool::new(false));
    let after = Arc::clone(&ran);
    let (listener, _) = bound().await;
    let server = Server::start(|serve| {
        serve
            .listen(listener)
            .on_stop("flush", secs(1), async { Err(Error::new("disk full")) })
            .on_stop("after", secs(1), async move {
                after.store(true, SeqCst);
                Ok(())
            })
    });
    let error = server.stop().await.expect_err("a hook failed");
    assert_eq!(error.to_string(), "the stop hook `flush` failed: disk full");
    assert!(ran.load(SeqCst));
}

#[tokio::test]
async fn readiness_is_what_the_checks_say() {
    let (listener, addr) = bound().await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let server = Server::start(|serve| {
        serve
            .listen(listener)
            .check("good", secs(1), move || {
                counted.fetch_add(1, SeqCst);
                async { Ok(()) }
            })
            .check("secret host", secs(1), || async {
                Err(Error::new("10.0.0.9 refuses the password `x`"))
            })
            .check("slow", millis(20), || async {
                sleep(secs(60)).await;
                Ok(())
            })
    });
    let body = ask(connect(addr).await, b"", "/readyz").await;
    let expected =
        r#"{"checks":{"good":"ok","secret host":"failed","slow":"failed"},"status":"not ready"}"#;
    assert_eq!(body, expected);
    for _ in 0..5 {
        ask(connect(addr).await, b"", "/readyz").await;
    }
    assert_eq!(
        calls.load(SeqCst),
        1,
        "who asks often does not make the checks run"
    );
    assert_eq!(
        ask(connect(addr).await, b"", "/livez").await,
        r#"{"status":"alive"}"#
    );
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn slow_body_is_408_and_a_slow_reader_is_not() {
    let (listener, addr) = bound().await;
    let config = Config::default().body_timeout(millis(100));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = highball::serve(Bodies)
        .listen(listener)
        .config(config)
        .quiet();
    let serving = serving.stop(async {
        let _ = stopped.await;
    });
    let task = tokio::spawn(serving.into_future());
    for path in ["/whole", "/pieces"] {
        let mut stream = connect(addr).await;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 9\r\n\r\nhalf"
        );
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        let mut answer = String::new();
        soon(stream.read_to_string(&mut answer))
            .await
            .expect("it is text");
        assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
        assert!(
            answer.contains("the body came too slowly"),
            "{path}: {answer}"
        );
    }
    let mut stream = connect(addr).await;
    let head = "POST /late HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 4\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("it is sent");
    stream.write_all(b"body").await.expect("it is sent");
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer))
        .await
        .expect("it is text");
    assert!(answer.ends_with("body"), "{answer}");
    stop.send(()).expect("it runs");
    soon(task).await.expect("no panic").expect("it served");
}

#[post("/whole")]
async fn whole(body: Bytes) -> Bytes {
    body
}

#[post("/pieces")]
async fn pieces(mut body: highball::BodyStream) -> Result<String, Rejection> {
    let mut count = 0;
    while let Some(piece) = body.chunk().await? {
        count += piece.len();
    }
    Ok(count.to_string())
}

#[post("/late")]
async fn late(mut body: highball::BodyStream) -> Result<Bytes, Rejection> {
    sleep(millis(300)).await;
    Ok(body.chunk().await?.unwrap_or_default())
}

#[routes(app)]
struct Bodies(whole, pieces, late);

#[get("/breaks")]
async fn breaks() -> Body {
    Body::stream(highball::produce(|pieces| async move {
        pieces.send(Ok::<_, BoxError>("piece")).await;
        sleep(millis(20)).await;
        // No message of a panic hook in the tests' output.
        std::panic::resume_unwind(Box::new("stop"));
    }))
}

#[routes(app)]
struct Broken(ping, breaks);

#[tokio::test]
async fn panic_of_a_body_ends_its_answer_and_no_other() {
    let (listener, addr) = bound().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = highball::serve(Broken).listen(listener).quiet();
    let serving = serving.stop(async {
        let _ = stopped.await;
    });
    let task = tokio::spawn(serving.into_future());
    let mut stream = connect(addr).await;
    let text =
        ["/ping", "/breaks", "/ping"].map(|path| format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"));
    stream
        .write_all(text.concat().as_bytes())
        .await
        .expect("it is sent");
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer))
        .await
        .expect("it is text");
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 2, "{answer}");
    assert!(answer.contains("\r\n\r\npong"), "{answer}");
    // The end of the chunks is missing: the client knows that it has not all.
    assert!(
        answer.contains("piece") && !answer.ends_with("0\r\n\r\n"),
        "{answer}"
    );
    assert_eq!(ask(connect(addr).await, b"", "/ping").await, "pong");
    stop.send(()).expect("it runs");
    soon(task).await.expect("no panic").expect("it served");
}
