//! The origin of a request. Pages of the same origin can open WebSockets and need no CORS.

use std::{future::IntoFuture, net::SocketAddr, time::Duration};

use highball::{
    http::HeaderName, middleware::Cors, prelude::*, serve::Proxies, tokio, ws::WebSocketUpgrade,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

#[get("/own")]
async fn own(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on(|socket| socket.close(1000, ""))
}

#[get("/listed")]
async fn listed(upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .origins(&[
            "https://Shop.example:443",
            "https://*.below.example",
            "null",
        ])
        .on(|socket| socket.close(1000, ""))
}

#[get("/cross")]
async fn cross(cx: &Context<'_>) -> String {
    cx.is_cross_origin().to_string()
}

#[routes(app, with(Cors::origins(&["https://shop.example", "https://*.shop.example:443"])))]
struct Api(own, listed, cross);

async fn start(proxies: Option<Proxies>) -> (SocketAddr, JoinHandle<highball::Result>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = highball::serve(Api).listen(listener).quiet();
    let server = match proxies {
        Some(proxies) => server.proxies(proxies),
        None => server,
    };
    let server = server.stop(std::future::pending());
    (address, tokio::spawn(server.into_future()))
}

const KEY: &str = "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==";

/// Sends a WebSocket handshake with these additional lines, and returns the status.
async fn status(address: SocketAddr, path: &str, lines: &[&str]) -> String {
    let base = ["upgrade: websocket", "sec-websocket-version: 13"];
    let mut lines: Vec<&str> = base.iter().chain(lines).copied().collect();
    for (name, line) in [
        ("connection", "connection: upgrade"),
        ("sec-websocket-key", KEY),
    ] {
        if !lines.iter().any(|line| line.starts_with(name)) {
            lines.push(line);
        }
    }
    let head = format!("GET {path} HTTP/1.1\r\n{}\r\n\r\n", lines.join("\r\n"));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("it is sent");
    let mut answer = [0; 12];
    let read = timeout(PATIENCE, stream.read_exact(&mut answer)).await;
    read.expect("in time").expect("an answer");
    String::from_utf8_lossy(&answer[9..]).into_owned()
}

#[tokio::test]
async fn page_can_connect_to_its_host() {
    let (address, server) = start(None).await;
    for (path, host, origin, expected) in [
        ("/own", "a.example", "http://a.example", "101"),
        ("/own", "A.Example:80", "http://a.example", "101"),
        ("/own", "a.example", "http://A.EXAMPLE:80", "101"),
        // TLS can end at a proxy that the app does not trust.
        ("/own", "a.example", "https://a.example", "101"),
        ("/own", "a.example:443", "https://a.example", "101"),
        ("/own", "[::1]:8080", "http://[0::1]:8080", "101"),
        ("/own", "a.example:8080", "http://a.example", "403"),
        ("/own", "a.example", "http://a.example.evil", "403"),
        ("/own", "a.example", "ftp://a.example", "403"),
        ("/own", "a.example", "null", "403"),
        ("/own", "a.example", "", "403"),
        ("/own", "a.example", "http://a.example/", "403"),
        (
            "/own",
            "a.example",
            "http://a.example, http://b.example",
            "403",
        ),
        ("/listed", "a.example", "https://shop.example", "101"),
        ("/listed", "a.example", "http://shop.example", "403"),
        ("/listed", "a.example", "https://x.below.example", "101"),
        ("/listed", "a.example", "https://below.example", "403"),
        ("/listed", "a.example", "null", "101"),
        ("/listed", "a.example", "http://a.example", "101"),
        ("/listed", "a.example", "https://evil.example", "403"),
    ] {
        let (host, origin) = (format!("host: {host}"), format!("origin: {origin}"));
        let got = status(address, path, &[&host, &origin]).await;
        assert_eq!(got, expected, "{path} {host} {origin}");
    }
    let two = [
        "host: a.example",
        "origin: http://a.example",
        "origin: http://b.example",
    ];
    assert_eq!(status(address, "/own", &two).await, "403");
    assert_eq!(status(address, "/own", &["host: a.example"]).await, "101");
    server.abort();
}

#[tokio::test]
async fn trusted_proxy_determines_the_origin() {
    let proxies = Proxies::trust(["127.0.0.1", "10.0.0.0/8"]).expect("addresses");
    let (address, server) = start(Some(proxies)).await;
    let page = "origin: https://a.example";
    for (lines, expected) in [
        (
            &[
                "host: inner:8080",
                "x-forwarded-proto: https",
                "x-forwarded-host: a.example",
            ][..],
            "101",
        ),
        (
            &[
                "host: inner:8080",
                "x-forwarded-for: 1.2.3.4, 10.0.0.1",
                "x-forwarded-proto: https, http",
                "x-forwarded-host: A.example:443, inner:8080",
            ],
            "101",
        ),
        (&["host: A.example:443", "x-forwarded-proto: https"], "101"),
        (&["host: a.example"], "101"),
        // The proxy reports that the client connected without TLS.
        (&["host: a.example", "x-forwarded-proto: http"], "403"),
        (
            &[
                "host: a.example",
                "x-forwarded-proto: https",
                "x-forwarded-host: b.example",
            ],
            "403",
        ),
        (&["host: inner:8080", "x-forwarded-proto: https"], "403"),
    ] {
        let lines = [&[page][..], lines].concat();
        assert_eq!(status(address, "/own", &lines).await, expected, "{lines:?}");
    }
    server.abort();
}

#[tokio::test]
async fn handshake_headers_are_read_from_all_lines() {
    let (address, server) = start(None).await;
    const VERSION: &str = "sec-websocket-version: 13";
    for (lines, expected) in [
        (
            &["connection: keep-alive", "connection: Upgrade"][..],
            "101",
        ),
        (&["connection: keep-alive, Upgrade"], "101"),
        (&["connection: keep-alive"], "426"),
        (&["connection: upgraded"], "426"),
        (&["upgrade: h2c"], "101"),
        (&[KEY, KEY], "400"),
        (&[KEY, "sec-websocket-key: BAAAAAAAAAAAAAAAAAAAAA=="], "400"),
        (&["sec-websocket-key: AAAA"], "400"),
        (&["sec-websocket-key: A A\u{e4}AAAAAAAAAAAAAAAAAA=="], "400"),
        (&[VERSION], "400"),
    ] {
        let lines = [&["host: a"][..], lines].concat();
        assert_eq!(status(address, "/own", &lines).await, expected, "{lines:?}");
    }
    server.abort();
}

async fn ask(method: Method, path: &str, headers: &[(&'static str, &str)]) -> (u16, String) {
    let mut request = Api.test().request(method, path);
    for (name, value) in headers {
        request = request.header(HeaderName::from_static(name), *value);
    }
    let response = request.send().await;
    let allowed = response
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN)
        .to_owned();
    match response.status().as_u16() {
        200 => (200, format!("{} {allowed}", response.text())),
        status => (status, allowed),
    }
}

#[tokio::test]
async fn cors_uses_the_same_origin() {
    for (host, origin, cross, allowed) in [
        ("api.example", "https://shop.example", true, true),
        ("api.example", "https://shop.example:443", true, true),
        ("api.example", "https://a.shop.example", true, true),
        ("api.example", "https://evil.example", true, false),
        ("api.example", "http://shop.example", true, false),
        ("api.example", "null", true, false),
        ("api.example", "\u{e4}", true, false),
        ("API.example:80", "http://api.example", false, true),
        ("api.example:443", "https://api.example", false, true),
        ("api.example:8080", "http://api.example", true, false),
    ] {
        let headers = [("host", host), ("origin", origin)];
        let expected = if allowed { origin } else { "" };
        let got = ask(Method::GET, "/cross", &headers).await;
        assert_eq!(got, (200, format!("{cross} {expected}")), "{host} {origin}");
        let asks = ("access-control-request-method", "GET");
        let preflight = [headers[0], headers[1], asks];
        let (status, got) = ask(Method::OPTIONS, "/cross", &preflight).await;
        assert_eq!(status, if allowed { 204 } else { 403 }, "{host} {origin}");
        assert_eq!(got, expected, "{host} {origin}");
    }
    assert_eq!(
        ask(Method::GET, "/cross", &[]).await,
        (200, "false ".to_owned())
    );
}
