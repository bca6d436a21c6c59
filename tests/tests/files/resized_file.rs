//! Files that shrink or grow while they are sent.

use std::{fs::File, future::IntoFuture, net::SocketAddr, time::Duration};

use highball::{middleware::Files, prelude::*, tokio};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

use super::{Api, AppState, Site};

/// More than fits into the buffers between the server and the client.
const LEN: u64 = 64 << 20;

const PATIENCE: Duration = Duration::from_secs(60);

struct Server {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
    file: File,
    _site: Site,
}

impl Server {
    async fn start(name: &str) -> Self {
        let site = Site::new(name);
        let public = site.0.join("public");
        let file = File::create(public.join("large.bin")).expect("a file");
        file.set_len(LEN).expect("a file without blocks");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let site_files = Files::new(public);
        let serving = highball::serve(Api)
            .state(AppState { site: site_files })
            .listen(listener)
            .quiet()
            .stop(async {
                let _ = stopped.await;
            });
        let task = tokio::spawn(serving.into_future());
        Self {
            addr,
            stop,
            task,
            file,
            _site: site,
        }
    }

    async fn stop(self) {
        self.stop.send(()).expect("it runs");
        let served = timeout(PATIENCE, self.task).await.expect("it stops");
        served.expect("it does not panic").expect("it serves");
    }
}

/// Sends two requests on a connection, changes the file after the first head, and returns everything that was received.
async fn talk(server: &Server, len: u64) -> (String, u64, Vec<u8>) {
    let mut stream = TcpStream::connect(server.addr).await.expect("it listens");
    let large = "GET /large.bin HTTP/1.1\r\nhost: a\r\n\r\n";
    let books = "GET /api/books HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let text = [large, books].concat();
    stream.write_all(text.as_bytes()).await.expect("it is sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a head"));
    }
    server.file.set_len(len).expect("it is ours");
    let (mut count, mut last) = (0, Vec::new());
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = timeout(PATIENCE, stream.read(&mut piece)).await;
        match read.expect("it goes on") {
            Ok(0) | Err(_) => break,
            Ok(len) => {
                count += len as u64;
                last.extend_from_slice(&piece[..len]);
                let drop = last.len().saturating_sub(4096);
                last.drain(..drop);
            }
        }
    }
    (String::from_utf8_lossy(&head).into_owned(), count, last)
}

#[tokio::test]
async fn shrinking_file_aborts_the_connection() {
    let server = Server::start("shrinks").await;
    let (head, count, last) = talk(&server, 1000).await;
    assert!(
        head.contains(&format!("content-length: {LEN}\r\n")),
        "{head}"
    );
    assert!(count < LEN, "{count}");
    // The client would read any other bytes as the rest of the file.
    assert!(last.iter().all(|byte| *byte == 0), "{last:?}");
    server.stop().await;
}

#[tokio::test]
async fn growing_file_is_sent_with_its_first_length() {
    let server = Server::start("grows").await;
    let (head, count, last) = talk(&server, LEN + 5000).await;
    assert!(
        head.contains(&format!("content-length: {LEN}\r\n")),
        "{head}"
    );
    let next = last.windows(8).position(|text| text == b"HTTP/1.1");
    let next = next.expect("the second answer");
    assert_eq!(count - (last.len() - next) as u64, LEN);
    server.stop().await;
}

#[tokio::test]
async fn shrinking_file_aborts_only_the_http2_stream() {
    let server = Server::start("stream").await;
    let stream = TcpStream::connect(server.addr).await.expect("it listens");
    let shaken = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut client, connection) = shaken.await.expect("a connection");
    let connection = tokio::spawn(connection);
    let request = |path: &str| {
        let request = http::Request::get(format!("http://a{path}"));
        request.body(Empty::<Bytes>::new()).expect("a request")
    };
    let large = client.send_request(request("/large.bin")).await;
    let large = large.expect("a head");
    assert_eq!(large.headers()["content-length"], LEN.to_string());
    server.file.set_len(1000).expect("it is ours");
    let body = timeout(PATIENCE, large.into_body().collect()).await;
    assert!(body.expect("it ends").is_err());
    let books = client.send_request(request("/api/books")).await;
    let books = books.expect("the connection lives").into_body();
    let books = books.collect().await.expect("a body").to_bytes();
    assert_eq!(&books[..], b"[]");
    drop(client);
    connection.await.expect("no panic").expect("it is closed");
    server.stop().await;
}
