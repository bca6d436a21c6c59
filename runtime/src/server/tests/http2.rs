use std::sync::Mutex;

use http_body_util::BodyExt;
use hyper::client::conn::http2;
use hyper::rt::Executor;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpSocket;

use super::*;

type Sender = http2::SendRequest<Body>;

async fn connect(server: &Server) -> (Sender, JoinHandle<hyper::Result<()>>) {
    let stream = server.connect().await.stream;
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .expect("it speaks HTTP/2");
    (sender, tokio::spawn(connection))
}

fn request(path: &str, body: Body) -> Request<Body> {
    let uri = format!("http://a{path}");
    Request::builder()
        .uri(uri)
        .body(body)
        .expect("it is well formed")
}

async fn send(sender: &mut Sender, path: &str, body: Body) -> Bytes {
    let response = soon(sender.send_request(request(path, body)))
        .await
        .expect("it is answered");
    soon(Body::new(response.into_body()).collect(1 << 20))
        .await
        .expect("it is read")
}

#[tokio::test]
async fn http2_works_by_prior_knowledge() {
    let server = start(Config::default()).await;
    let (mut sender, connection) = connect(&server).await;
    assert_eq!(send(&mut sender, "/a", Body::empty()).await, "/a");
    assert_eq!(send(&mut sender, "/pause", Body::empty()).await, "paused");
    assert_eq!(send(&mut sender, "/echo", Body::from("body")).await, "body");
    assert_eq!(server.stop().await.cut, 0);
    soon(connection)
        .await
        .expect("no panic")
        .expect("it ends in order");
}

#[tokio::test]
async fn preface_in_pieces_is_recognized() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    for piece in ["PRI * HT", "TP/2.0\r\n\r\nSM\r\n\r\n"] {
        client.send(piece).await;
        tokio::task::yield_now().await;
    }
    client
        .stream
        .write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])
        .await
        .expect("it is sent");
    let mut frame = [0; 9];
    soon(client.stream.read_exact(&mut frame))
        .await
        .expect("it is read");
    assert_eq!(frame[3], 4, "the first frame is the server's settings");
    server.stop().await;
}

#[tokio::test]
async fn method_that_begins_as_the_preface_does_is_http1() {
    let server = start(Config::default()).await;
    let mut client = server.connect().await;
    client.send("PR").await;
    client
        .send(get("/a").replace("GET", "OPFIND").as_str())
        .await;
    assert!(client.answer().await.ends_with("/a"));
    server.stop().await;
}

#[tokio::test]
async fn reset_stream_drops_its_handler() {
    let server = start(Config::default()).await;
    let (mut sender, _connection) = connect(&server).await;
    let waiting = tokio::spawn(sender.send_request(request("/wait", Body::empty())));
    soon(server.app.waiting.notified()).await;
    waiting.abort();
    soon(server.app.dropped.notified()).await;
    assert_eq!(send(&mut sender, "/a", Body::empty()).await, "/a");
    server.stop().await;
}

#[tokio::test]
async fn cut_connection_drops_its_streams() {
    let server = start(Config::default().shutdown_timeout(Duration::from_millis(50))).await;
    let app = server.app.clone();
    let (mut sender, _connection) = connect(&server).await;
    let _waiting = tokio::spawn(sender.send_request(request("/wait", Body::empty())));
    soon(app.waiting.notified()).await;
    assert_eq!(server.stop().await.cut, 1);
    soon(app.dropped.notified()).await;
}

#[tokio::test]
async fn idle_connection_gets_goaway() {
    let server = start(Config::default().idle_timeout(Duration::from_millis(50))).await;
    let (mut sender, connection) = connect(&server).await;
    assert_eq!(send(&mut sender, "/a", Body::empty()).await, "/a");
    soon(connection)
        .await
        .expect("no panic")
        .expect("it ends in order");
    server.stop().await;
}

#[tokio::test]
async fn slow_response_does_not_count_as_idle() {
    // Long enough for the client to send its request, and shorter than the response takes.
    let moment = Duration::from_millis(400);
    let server = start(Config::default().idle_timeout(moment).head_timeout(moment)).await;
    let begun = std::time::Instant::now();
    let stream = server.connect().await.stream;
    let (mut sender, connection) = http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(65_535)
        .handshake::<_, Body>(TokioIo::new(stream))
        .await
        .expect("it speaks HTTP/2");
    let connection = tokio::spawn(connection);
    let body = Body::from(vec![b'x'; 256 << 10]);
    let response = soon(sender.send_request(request("/echo", body))).await;
    let mut body = response.expect("it is answered").into_body();
    let mut read = 0;
    while let Some(frame) = soon(body.frame()).await {
        let frame = frame.expect("the response continues");
        read += frame.data_ref().map_or(0, Bytes::len);
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(read, 256 << 10);
    assert!(begun.elapsed() > 2 * moment);
    drop(sender);
    let _ended = soon(connection).await;
    server.stop().await;
}

#[tokio::test]
async fn connection_ends_after_its_limit_of_requests() {
    let server = start(Config::default().max_requests_per_connection(3)).await;
    let (mut sender, connection) = connect(&server).await;
    for _ in 0..3 {
        assert_eq!(send(&mut sender, "/a", Body::empty()).await, "/a");
    }
    soon(connection)
        .await
        .expect("no panic")
        .expect("it ends in order");
    server.stop().await;
}

#[tokio::test]
async fn connection_without_a_request_does_not_delay_the_stop() {
    let server = start(Config::default()).await;
    let (_sender, connection) = connect(&server).await;
    // Until SETTINGS and its acknowledgement have arrived, which belong to no request.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let begun = std::time::Instant::now();
    assert_eq!(server.stop().await.cut, 0);
    assert!(begun.elapsed() < Duration::from_millis(900));
    soon(connection)
        .await
        .expect("no panic")
        .expect("it ends in order");
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A client whose connection makes progress only inside [`Slow::drive`].
struct Slow {
    sender: Sender,
    driven: Driven,
}

#[derive(Clone, Default)]
struct Driven(Arc<Mutex<Vec<Task>>>);

impl Driven {
    fn poll(&self, cx: &mut Context<'_>) {
        let mut driven = std::mem::take(&mut *self.0.lock().expect("no panic"));
        driven.retain_mut(|task| task.as_mut().poll(cx).is_pending());
        self.0.lock().expect("no panic").append(&mut driven);
    }
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Driven {
    fn execute(&self, task: F) {
        self.0.lock().expect("no panic").push(Box::pin(task));
    }
}

impl Slow {
    async fn new(stream: TcpStream, window: u32) -> Self {
        let driven = Driven::default();
        let (sender, connection) = http2::Builder::new(driven.clone())
            .initial_stream_window_size(window)
            .initial_connection_window_size(window)
            .handshake::<_, Body>(TokioIo::new(stream))
            .await
            .expect("it speaks HTTP/2");
        driven.execute(async {
            let _ended = connection.await;
        });
        Self { sender, driven }
    }

    /// Drives the connection until the future is ready.
    async fn drive<F: Future>(&self, future: F) -> F::Output {
        let mut future = std::pin::pin!(future);
        soon(poll_fn(|cx| {
            let outcome = future.as_mut().poll(cx);
            self.driven.poll(cx);
            outcome
        }))
        .await
    }

    async fn send(&mut self, path: &str, body: Body) -> hyper::body::Incoming {
        let answered = self.sender.send_request(request(path, body));
        let response = self.drive(answered).await;
        response.expect("it is answered").into_body()
    }
}

/// Longer than a stopping server waits for an idle client.
const LONG: Duration = Duration::from_millis(1500);

#[tokio::test]
async fn stop_waits_for_a_client_whose_socket_is_full() {
    let server = start(Config::default()).await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(8192).expect("it may be small");
    let stream = socket.connect(server.address).await.expect("it listens");
    let mut client = Slow::new(stream, 2 * LARGE as u32).await;
    let body = client.send("/large", Body::empty()).await;
    let stopping = tokio::spawn(server.stop());
    tokio::time::sleep(LONG).await;
    let read = client.drive(body.collect()).await.expect("it is whole");
    assert_eq!(read.to_bytes().len(), LARGE);
    drop(client);
    assert_eq!(soon(stopping).await.expect("it stops").cut, 0);
}

#[tokio::test]
async fn stop_waits_for_a_client_whose_window_is_closed() {
    let server = start(Config::default()).await;
    let mut client = Slow::new(server.connect().await.stream, 65_535).await;
    // The window closes one byte before the end, when h2 has already taken the last chunk.
    let body = client.send("/echo", Body::from(vec![b'x'; 65_536])).await;
    let stopping = tokio::spawn(server.stop());
    client.drive(tokio::time::sleep(LONG)).await;
    let read = client.drive(body.collect()).await.expect("it is whole");
    assert_eq!(read.to_bytes().len(), 65_536);
    drop(client);
    assert_eq!(soon(stopping).await.expect("it stops").cut, 0);
}
