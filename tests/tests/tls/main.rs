//! TLS: the negotiation of the protocol, certificates of both sides, timeouts and disconnects.

mod certificate_authority;
mod expiry;
mod operators;
mod origin;

use std::{
    fs,
    future::{Future, IntoFuture},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use highball::{
    Config,
    prelude::*,
    serve::{Listener, Tls},
    tokio,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName},
    },
};

use crate::certificate_authority::Authority;

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

static WAITING: Notify = Notify::const_new();
static DROPPED: Notify = Notify::const_new();
static FINISHED: Notify = Notify::const_new();

#[get("/ping")]
async fn ping() -> &'static str {
    "pong"
}

#[get("/who")]
async fn who(cx: &mut Context<'_>, client: highball::extract::Client) -> String {
    let certificate = cx.client_certificate().map_or(0, <[u8]>::len);
    format!("{} {}", client.is_https(), certificate > 0)
}

struct Dropped;

impl Drop for Dropped {
    fn drop(&mut self) {
        DROPPED.notify_one();
    }
}

#[get("/wait")]
async fn wait() {
    let _dropped = Dropped;
    WAITING.notify_one();
    std::future::pending::<()>().await;
}

#[get("/finish", on_disconnect = finish)]
async fn finish() {
    WAITING.notify_one();
    tokio::time::sleep(millis(50)).await;
    FINISHED.notify_one();
}

#[get("/big")]
async fn big() -> String {
    "0123456789".repeat(100_000)
}

#[routes(app)]
struct Api(ping, who, wait, finish, big);

struct Server {
    addr: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
}

impl Server {
    async fn start(tls: Tls, config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let addr = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let serving = highball::serve(Api)
            .listen(Listener::from(listener).tls(tls))
            .config(config)
            .quiet()
            .stop(async {
                let _ = stopped.await;
            });
        let task = tokio::spawn(serving.into_future());
        Self { addr, stop, task }
    }

    async fn stop(self) -> highball::Result {
        let _ended_already = self.stop.send(());
        soon(self.task).await.expect("it does not panic")
    }
}

async fn soon<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("it is done in time")
}

type Identity = Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>;

/// Connects with a TLS handshake that offers these protocols.
async fn connect(
    authority: &Authority,
    addr: SocketAddr,
    protocols: &[&str],
    identity: Identity,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(authority.issuer.der().clone())
        .expect("it is one");
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .expect("there are some")
        .with_root_certificates(roots);
    let mut config = match identity {
        None => config.with_no_client_auth(),
        Some((cert, key)) => config
            .with_client_auth_cert(vec![cert], key)
            .expect("its key"),
    };
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let stream = TcpStream::connect(addr).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

async fn get(stream: &mut TlsStream<TcpStream>, path: &str) -> std::io::Result<String> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    soon(stream.read_to_end(&mut answer)).await?;
    let answer = String::from_utf8(answer).expect("it is text");
    Ok(answer
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned())
        .unwrap_or_default())
}

#[tokio::test]
async fn http1_is_negotiated() {
    let authority = Authority::new();
    let server = Server::start(authority.tls(), Config::default()).await;
    for protocols in [&[][..], &["http/1.1"]] {
        let mut stream = connect(&authority, server.addr, protocols, None)
            .await
            .expect("it is good");
        assert_eq!(
            get(&mut stream, "/who").await.expect("it is answered"),
            "true false"
        );
    }
    let mut stream = connect(&authority, server.addr, &[], None)
        .await
        .expect("it is good");
    assert_eq!(
        get(&mut stream, "/big")
            .await
            .expect("it is answered")
            .len(),
        1_000_000
    );
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn silent_connection_gets_close_notify() {
    let authority = Authority::new();
    let server = Server::start(authority.tls(), Config::default()).await;
    let mut stream = connect(&authority, server.addr, &[], None)
        .await
        .expect("it is good");
    stream
        .write_all(b"GET /ping HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .expect("it is sent");
    let mut answer = vec![0; 4096];
    let read = soon(stream.read(&mut answer)).await;
    answer.truncate(read.expect("it is answered"));
    assert!(answer.ends_with(b"pong"));
    // Longer than the silence after which the server frees the memory of a connection.
    tokio::time::sleep(millis(3300)).await;
    server.stop().await.expect("it served");
    // Without close_notify, this read would fail.
    let end = soon(stream.read(&mut [0; 1])).await;
    assert_eq!(end.expect("it is the end"), 0);
}

#[tokio::test]
async fn http2_is_negotiated() {
    let authority = Authority::new();
    let server = Server::start(authority.tls(), Config::default()).await;
    let stream = connect(&authority, server.addr, &["h2", "http/1.1"], None)
        .await
        .expect("it is good");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let executor = hyper_util::rt::TokioExecutor::new();
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .expect("it is h2");
    tokio::spawn(connection);
    let uri = format!("https://localhost:{}/who", server.addr.port());
    let request = http::Request::get(uri)
        .body(http_body_util::Empty::<Bytes>::new())
        .expect("it is well formed");
    let response = soon(sender.send_request(request))
        .await
        .expect("it is answered");
    let body = http_body_util::BodyExt::collect(response.into_body())
        .await
        .expect("a body");
    assert_eq!(body.to_bytes(), "true false");
    drop(sender);
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn client_without_a_valid_certificate_is_rejected() {
    let authority = Authority::new();
    let tls = authority.tls().client_ca(authority.path("ca.pem"));
    let server = Server::start(tls, Config::default()).await;
    let good = Some(authority.sign("client"));
    let mut stream = connect(&authority, server.addr, &[], good)
        .await
        .expect("it is good");
    assert_eq!(
        get(&mut stream, "/who").await.expect("it is answered"),
        "true true"
    );
    let stranger = Authority::new();
    for identity in [None, Some(stranger.sign("client"))] {
        // With TLS 1.3 the client sees the alert at its first read.
        let refused = match connect(&authority, server.addr, &[], identity).await {
            Ok(mut stream) => get(&mut stream, "/ping").await.map(drop),
            Err(error) => Err(error),
        };
        assert!(refused.is_err(), "it was let in");
    }
    server.stop().await.expect("it served");

    let tls = authority
        .tls()
        .client_ca(authority.path("ca.pem"))
        .client_optional();
    let server = Server::start(tls, Config::default()).await;
    let mut stream = connect(&authority, server.addr, &[], None)
        .await
        .expect("it is good");
    assert_eq!(
        get(&mut stream, "/who").await.expect("it is answered"),
        "true false"
    );
    server.stop().await.expect("it served");
}

fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    let certificates = stream
        .get_ref()
        .1
        .peer_certificates()
        .expect("it shows one");
    certificates[0].clone().into_owned()
}

#[tokio::test]
async fn new_certificate_is_loaded_without_a_restart() {
    let authority = Authority::new();
    let tls = authority.tls().reload_every(millis(20));
    let server = Server::start(tls, Config::default()).await;
    let mut before = connect(&authority, server.addr, &[], None)
        .await
        .expect("it is good");
    // While only one of the two files is replaced, they do not match, and the old certificate stays.
    fs::write(authority.path("server.key"), "nothing").expect("it is written");
    tokio::time::sleep(millis(100)).await;
    let meanwhile = connect(&authority, server.addr, &[], None)
        .await
        .expect("it is good");
    assert_eq!(shown(&meanwhile), shown(&before));
    let (new, _) = authority.sign("server");
    soon(async {
        while shown(
            &connect(&authority, server.addr, &[], None)
                .await
                .expect("it is good"),
        ) != new
        {
            tokio::time::sleep(millis(10)).await;
        }
    })
    .await;
    assert_eq!(get(&mut before, "/ping").await.expect("it goes on"), "pong");
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn handshake_has_a_deadline() {
    let authority = Authority::new();
    let config = Config::default().handshake_timeout(millis(50));
    let server = Server::start(authority.tls(), config).await;
    let mut silent = TcpStream::connect(server.addr).await.expect("it listens");
    assert_eq!(
        soon(silent.read(&mut [0; 1])).await.expect("it is closed"),
        0
    );
    let mut plain = TcpStream::connect(server.addr).await.expect("it listens");
    plain
        .write_all(b"GET /ping HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .expect("it is sent");
    let mut answer = Vec::new();
    let _reset = soon(plain.read_to_end(&mut answer)).await;
    assert!(!answer.windows(4).any(|four| four == b"pong"));
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn disconnect_cancels_the_handler_if_enabled() {
    let authority = Authority::new();
    let server = Server::start(authority.tls(), Config::default()).await;
    for (path, then) in [("/wait", &DROPPED), ("/finish", &FINISHED)] {
        let mut stream = connect(&authority, server.addr, &[], None)
            .await
            .expect("it is good");
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is sent");
        soon(WAITING.notified()).await;
        drop(stream);
        soon(then.notified()).await;
    }
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn invalid_files_fail_at_start() {
    let (authority, other) = (Authority::new(), Authority::new());
    let _ = (authority.tls(), other.tls());
    let start = async |tls: Tls| {
        let server = Server::start(tls, Config::default()).await;
        server
            .stop()
            .await
            .expect_err("it must not run")
            .to_string()
    };
    let error = start(Tls::files("/nowhere/cert.pem", "/nowhere/key.pem")).await;
    assert_eq!(
        error,
        "cannot read /nowhere/cert.pem: it must contain a certificate in PEM format"
    );
    let error = start(Tls::files(
        authority.path("server.pem"),
        other.path("server.key"),
    ))
    .await;
    assert!(error.contains("server.key is not the key of "), "{error}");
}
