//! HTTP/3 on the same port as TLS, with a client based on h3.

mod framing;
mod limits;
mod shutdown;

use std::{
    future::{Future, IntoFuture, poll_fn},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use bytes::Buf;
use h3::client::SendRequest;
use h3_quinn::OpenStreams;
use highball::{
    Config, bytes,
    http::Request,
    prelude::*,
    serve::{Listener, Tls},
    tokio,
};
use quinn::crypto::rustls::QuicClientConfig;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::{
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

static WAITING: Notify = Notify::const_new();
static GO_ON: Notify = Notify::const_new();

#[get("/hello/{name}")]
async fn hello(name: &str, client: highball::extract::Client) -> String {
    format!("hello {name} {}", client.is_https())
}

#[post("/echo")]
async fn echo(body: Bytes) -> Bytes {
    body
}

#[get("/wait")]
async fn wait() -> &'static str {
    WAITING.notify_one();
    GO_ON.notified().await;
    "waited"
}

#[get("/panic")]
async fn panics() -> &'static str {
    // `resume_unwind` does not run the panic hook, which would print a message.
    std::panic::resume_unwind(Box::new("stop"))
}

#[get("/large")]
async fn large() -> Vec<u8> {
    vec![b'x'; LARGE]
}

#[get("/huge")]
async fn huge() -> Vec<u8> {
    vec![b'x'; HUGE]
}

const LARGE: usize = 256 << 10;
/// More than the buffers of the server and the client can contain.
const HUGE: usize = 4 << 20;
/// The receive window of a client that reads nothing.
const WINDOW: u32 = 64 << 10;

#[routes(app)]
struct Api(
    hello,
    echo,
    wait,
    panics,
    large,
    huge,
    slow,
    framing::given,
    shutdown::events,
);

#[get("/slow")]
async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(500)).await;
    "slow"
}

struct Server {
    addr: SocketAddr,
    certificate: CertificateDer<'static>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
}

async fn soon<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("it is done in time")
}

fn write(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("highball-h3-{}-{name}", std::process::id()));
    std::fs::write(&path, text).expect("it is written");
    path
}

impl Server {
    async fn start(name: &str, config: Config) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let addr = listener.local_addr().expect("it is bound");
        Self::on(name, addr, vec![listener.into()], config)
    }

    fn on(name: &str, addr: SocketAddr, listeners: Vec<Listener>, config: Config) -> Self {
        let names = vec!["localhost".to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).expect("a key");
        let key = write(&format!("{name}.key"), &signing_key.serialize_pem());
        let certificate = write(&format!("{name}.pem"), &cert.pem());
        let (stop, stopped) = oneshot::channel();
        let serving =
            listeners
                .into_iter()
                .fold(highball::serve(Api).state(()), |serving, listener| {
                    let tls = Tls::files(&certificate, &key);
                    serving.listen(listener.tls(tls).http3())
                });
        let serving = serving.config(config).quiet().stop(async {
            let _ = stopped.await;
        });
        Self {
            addr,
            certificate: cert.der().clone(),
            stop,
            task: tokio::spawn(serving.into_future()),
        }
    }

    fn trusting(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("it is one");
        let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
        ClientConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .expect("there are some")
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    async fn connect(&self) -> Client {
        self.connect_to(self.addr).await
    }

    async fn connect_to(&self, addr: SocketAddr) -> Client {
        let (endpoint, connection) = self.quic(addr).await;
        let connection = h3_quinn::Connection::new(connection);
        let (mut driver, sender) = h3::client::new(connection).await.expect("it speaks HTTP/3");
        let driving = tokio::spawn(async move {
            let _ended = poll_fn(|cx| driver.poll_close(cx)).await;
        });
        Client {
            sender,
            driving,
            _endpoint: endpoint,
        }
    }

    /// Connects with QUIC.
    async fn quic(&self, addr: SocketAddr) -> (quinn::Endpoint, quinn::Connection) {
        let mut tls = self.trusting();
        tls.alpn_protocols = vec![b"h3".to_vec()];
        let crypto = QuicClientConfig::try_from(tls).expect("TLS 1.3");
        let from = match addr.ip() {
            IpAddr::V4(_) => (Ipv4Addr::LOCALHOST, 0).into(),
            IpAddr::V6(_) => (Ipv6Addr::LOCALHOST, 0).into(),
        };
        let mut endpoint = quinn::Endpoint::client(from).expect("a port");
        let mut client = quinn::ClientConfig::new(Arc::new(crypto));
        let mut transport = quinn::TransportConfig::default();
        transport.stream_receive_window(WINDOW.into());
        client.transport_config(Arc::new(transport));
        endpoint.set_default_client_config(client);
        let connecting = endpoint.connect(addr, "localhost").expect("a name");
        let connection = soon(connecting).await.expect("it is accepted");
        (endpoint, connection)
    }

    async fn stop(self) {
        let _ended_already = self.stop.send(());
        soon(self.task)
            .await
            .expect("it does not panic")
            .expect("it served");
    }
}

type Answering = h3::client::RequestStream<h3_quinn::BidiStream<Bytes>, Bytes>;

struct Client {
    sender: SendRequest<OpenStreams, Bytes>,
    driving: JoinHandle<()>,
    _endpoint: quinn::Endpoint,
}

impl Client {
    /// Sends a request and returns the status, the length and the body of the response.
    async fn send(&mut self, request: Request<()>, body: &[u8]) -> (u16, Option<String>, String) {
        let mut stream = self.sender.send_request(request).await.expect("it is sent");
        for piece in body.chunks(1000) {
            let _refused = stream.send_data(Bytes::copy_from_slice(piece)).await;
        }
        let _refused = stream.finish().await;
        let response = soon(stream.recv_response()).await.expect("it is answered");
        let length = response.headers().get(header::CONTENT_LENGTH);
        let length = length.map(|length| length.to_str().expect("a number").to_owned());
        assert!(response.headers().contains_key(header::DATE));
        let mut text = Vec::new();
        while let Some(mut piece) = soon(stream.recv_data()).await.expect("it goes on") {
            text.extend_from_slice(&piece.copy_to_bytes(piece.remaining()));
        }
        let text = String::from_utf8(text).expect("it is text");
        (response.status().as_u16(), length, text)
    }

    /// Sends a request, and returns the stream after the head of the response.
    async fn begin(&mut self, path: &str) -> Answering {
        let request = Request::get(format!("https://localhost{path}")).body(());
        let request = request.expect("it is well formed");
        let mut stream = self.sender.send_request(request).await.expect("it is sent");
        stream.finish().await.expect("it is sent");
        soon(stream.recv_response()).await.expect("it is answered");
        stream
    }

    async fn get(&mut self, path: &str) -> (u16, String) {
        let request = Request::get(format!("https://localhost{path}")).body(());
        let (status, _, text) = self.send(request.expect("it is well formed"), b"").await;
        (status, text)
    }
}

/// Reads the rest of a response, and returns its length.
async fn rest(stream: &mut Answering) -> Result<usize, h3::error::StreamError> {
    let mut read = 0;
    while let Some(piece) = soon(stream.recv_data()).await? {
        read += piece.remaining();
    }
    Ok(read)
}

#[tokio::test]
async fn requests_are_answered() {
    let server = Server::start("answers", Config::default()).await;
    let mut client = server.connect().await;
    assert_eq!(
        client.get("/hello/a%20b").await,
        (200, "hello a b true".to_owned())
    );
    assert_eq!(client.get("/nowhere").await.0, 404);
    assert_eq!(client.get("/panic").await.0, 500);
    let body = "0123456789".repeat(1000);
    let post = Request::post("https://localhost/echo")
        .body(())
        .expect("it is well formed");
    let (status, length, text) = client.send(post, body.as_bytes()).await;
    assert_eq!(
        (status, length.as_deref(), text == body),
        (200, Some("10000"), true)
    );
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn tls_responses_advertise_http3() {
    let server = Server::start("alt-svc", Config::default()).await;
    let stream = tokio::net::TcpStream::connect(server.addr)
        .await
        .expect("it listens");
    let connector = tokio_rustls::TlsConnector::from(Arc::new(server.trusting()));
    let name = "localhost".try_into().expect("a name");
    let mut stream = connector.connect(name, stream).await.expect("it is good");
    let request = b"GET /hello/c HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut stream, request)
        .await
        .expect("it is sent");
    let mut answer = String::new();
    let read = tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer);
    soon(read).await.expect("it is text");
    let expected = format!("alt-svc: h3=\":{}\"\r\n", server.addr.port());
    assert!(answer.contains(&expected), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn unread_response_times_out() {
    let moment = Duration::from_millis(300);
    let server = Server::start("stuck", Config::default().write_timeout(moment)).await;
    let mut client = server.connect().await;
    let mut stream = client.begin("/huge").await;
    tokio::time::sleep(moment * 3).await;
    let read = rest(&mut stream).await;
    assert!(read.is_err(), "it ends as if it were whole: {read:?}");
    assert_eq!(client.get("/hello/e").await.0, 200);
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn requests_of_a_connection_are_limited() {
    let server = Server::start("many", Config::default().max_requests_per_connection(2)).await;
    let mut client = server.connect().await;
    for _ in 0..2 {
        assert_eq!(client.get("/hello/f").await.0, 200);
    }
    soon(client.driving).await.expect("the connection ends");
    server.stop().await;
}

#[tokio::test]
async fn idle_timeout_applies_only_between_requests() {
    let moment = Duration::from_millis(200);
    let server = Server::start("silence", Config::default().idle_timeout(moment)).await;
    let mut client = server.connect().await;
    let request = Request::get("https://localhost/slow").body(());
    let request = request.expect("it is well formed");
    assert_eq!(client.send(request, b"").await.2, "slow");
    let begun = std::time::Instant::now();
    soon(client.driving).await.expect("the connection ends");
    assert!(begun.elapsed() >= moment);
    server.stop().await;
}

#[tokio::test]
async fn ipv4_and_ipv6_share_a_port() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let addr = listener.and_then(|listener| listener.local_addr());
    let port = addr.expect("a port is free").port();
    let v6 = SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
    let v4 = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    let server = Server::on("both", v6, vec![v6.into(), v4.into()], Config::default());
    for host in [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()] {
        let mut client = server.connect_to(SocketAddr::new(host, port)).await;
        assert_eq!(client.get("/hello/d").await.0, 200);
    }
    server.stop().await;
}
