//! The app for operators.

use std::net::SocketAddr;

use highball::{Config, prelude::*, tokio};
use tokio::io::AsyncWriteExt;

use crate::{Server, ask, bound, connect, rest, server, soon};

/// Blocks the runtime of the app.
#[get("/blocked")]
async fn blocked() {
    std::thread::sleep(secs(2));
}

#[get("/slow")]
async fn slow() -> &'static str {
    tokio::time::sleep(secs(1)).await;
    "slow"
}

#[get("/hello")]
async fn hello(greeting: State<String>) -> String {
    greeting.to_string()
}

#[post("/greet", admin)]
async fn greet(greeting: State<String>) -> String {
    format!("operator, {}", &*greeting)
}

#[derive(State)]
struct AppState {
    greeting: String,
}

#[routes(app)]
struct Greeting(hello, blocked, slow);

#[routes(admin)]
struct Operators(greet, highball::serve::readyz);

/// The port of this app is not public.
#[routes(app, admin = exposed("the port is not public"))]
struct Exposed(greet);

#[routes(admin)]
struct Health(highball::serve::readyz, highball::serve::livez);

const TOKEN: &str = "0123456789abcdef";

fn state() -> AppState {
    let greeting = "hello".to_owned();
    AppState { greeting }
}

/// Starts both apps with a state, and returns their addresses.
async fn both() -> (Server, SocketAddr, SocketAddr) {
    let ((listener, addr), (admin, admin_addr)) = (bound().await, bound().await);
    let serving = highball::serve(Greeting).state(state()).admin(Operators);
    let server = Server::of(serving.listen(listener).admin_listen(admin));
    (server, addr, admin_addr)
}

/// Sends the head of a request, and returns the whole response.
async fn send(addr: SocketAddr, head: &str) -> String {
    let mut stream = connect(addr).await;
    let request = format!("{head}\r\nconnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is sent");
    rest(stream).await
}

#[track_caller]
fn check(response: &str, status: u16, part: &str) {
    let line = format!("HTTP/1.1 {status} ");
    assert!(response.starts_with(&line), "{response}");
    assert!(response.contains(part), "{response}");
}

#[tokio::test]
async fn both_apps_have_the_state_and_only_their_own_routes() {
    let (server, addr, admin) = both().await;
    assert_eq!(ask(connect(addr).await, b"", "/hello").await, "hello");
    let greeted = send(admin, "POST /greet HTTP/1.1\r\nhost: localhost").await;
    check(&greeted, 200, "operator, hello");
    check(
        &send(addr, "POST /greet HTTP/1.1\r\nhost: localhost").await,
        404,
        "",
    );
    check(
        &send(admin, "GET /hello HTTP/1.1\r\nhost: localhost").await,
        404,
        "",
    );
    server.stop().await.expect("it served");
    assert!(tokio::net::TcpStream::connect(admin).await.is_err());
}

#[tokio::test]
async fn an_app_without_state_has_operators_too() {
    let ((listener, addr), (admin, admin_addr)) = (bound().await, bound().await);
    let serving = server(crate::Api).admin(Health);
    let server = Server::of(serving.listen(listener).admin_listen(admin));
    assert_eq!(ask(connect(addr).await, b"", "/ping").await, "pong");
    let ready = send(admin_addr, "GET /readyz HTTP/1.1\r\nhost: 127.0.0.1").await;
    check(&ready, 200, "ready");
    server.stop().await.expect("it served");
}

/// A page can make its own name an alias of this machine, and a form can post to it.
#[tokio::test]
async fn pages_of_other_sites_are_refused() {
    let (server, _, admin) = both().await;
    let rebound = "GET /readyz HTTP/1.1\r\nhost: evil.example:8081";
    check(
        &send(admin, rebound).await,
        403,
        "`localhost` or an address",
    );
    let absolute = "GET http://evil.example/readyz HTTP/1.1\r\nhost: evil.example";
    check(
        &send(admin, absolute).await,
        403,
        "`localhost` or an address",
    );
    for header in ["sec-fetch-site: cross-site", "origin: https://evil.example"] {
        let form = format!("POST /greet HTTP/1.1\r\nhost: localhost\r\n{header}");
        check(&send(admin, &form).await, 403, "");
    }
    for host in [
        "127.0.0.1:8081",
        "[::1]:8081",
        "localhost",
        "shop.localhost",
    ] {
        let request = format!("GET /readyz HTTP/1.1\r\nhost: {host}");
        check(&send(admin, &request).await, 200, "ready");
    }
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn a_token_is_required_in_each_request_if_one_is_set() {
    let ((listener, _), (admin, addr)) = (bound().await, bound().await);
    let serving = highball::serve(Greeting).state(state()).admin(Operators);
    let serving = serving.listen(listener).admin_listen(admin);
    let server = Server::of(serving.admin_token(TOKEN));
    let get = "GET /readyz HTTP/1.1\r\nhost: shop.example";
    for wrong in [
        "",
        "\r\nauthorization: Bearer 0123456789abcdee",
        "\r\nauthorization: Basic MDE6Mg==",
    ] {
        let response = send(addr, &format!("{get}{wrong}")).await;
        check(&response, 401, "www-authenticate: Bearer");
        assert!(!response.contains(TOKEN));
    }
    let right = format!("{get}\r\nauthorization: Bearer {TOKEN}");
    check(&send(addr, &right).await, 200, "ready");
    // A route that does not exist is no secret either way.
    check(&send(addr, "GET /no HTTP/1.1\r\nhost: a").await, 401, "");
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn an_address_of_other_machines_needs_a_token() {
    async fn start(place: &str, token: Option<&str>) -> Result<(), String> {
        let (listener, _) = bound().await;
        let place: SocketAddr = place.parse().expect("an address");
        let serving = server(crate::Api).admin(Health).listen(listener);
        let serving = serving.admin_listen(place).quiet().stop(async {});
        let served = match token {
            Some(token) => soon(serving.admin_token(token)).await,
            None => soon(serving).await,
        };
        served.map_err(|error| error.to_string())
    }

    for place in ["0.0.0.0:0", "[::]:0"] {
        let error = start(place, None).await.expect_err("others can reach it");
        assert!(
            error.contains(&place.replace(":0", "")) && error.contains("set `admin_token`"),
            "{error}"
        );
        assert_eq!(start(place, Some(TOKEN)).await, Ok(()));
    }
    let error = start("127.0.0.1:0", Some("short"))
        .await
        .expect_err("it can be guessed");
    assert!(error.contains("fewer than 16 characters"), "{error}");
    for place in ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
        assert_eq!(start(place, None).await, Ok(()), "{place}");
    }
}

#[tokio::test]
async fn operators_are_served_while_the_app_is_blocked() {
    let (server, addr, admin) = both().await;
    // The runtime of this test has one thread, so it is the test that is blocked as well.
    let (head, began) = (
        "GET /blocked HTTP/1.1\r\nhost: a\r\n\r\n",
        std::time::Instant::now(),
    );
    let mut client = connect(addr).await;
    client.write_all(head.as_bytes()).await.expect("it is sent");
    let asked = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};

        std::thread::sleep(millis(300));
        let mut stream = std::net::TcpStream::connect(admin).expect("it listens");
        let request = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).expect("it is sent");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("it is text");
        (response, began.elapsed())
    });
    tokio::task::yield_now().await;
    tokio::time::sleep(millis(100)).await;
    let (response, took) = soon(tokio::task::spawn_blocking(|| asked.join()))
        .await
        .expect("it runs")
        .expect("it has a response");
    check(&response, 200, "ready");
    assert!(took < millis(1500), "{took:?}");
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn operators_are_served_until_the_last_request_has_ended() {
    let (server, addr, admin) = both().await;
    let slow = tokio::spawn(async move { ask(connect(addr).await, b"", "/slow").await });
    tokio::time::sleep(millis(200)).await;
    let stopping = tokio::spawn(server.stop());
    tokio::time::sleep(millis(200)).await;
    let ready = send(admin, "GET /readyz HTTP/1.1\r\nhost: localhost").await;
    check(&ready, 503, "not ready");
    assert_eq!(slow.await.expect("it has a response"), "slow");
    stopping.await.expect("it runs").expect("it served");
}

/// Requests of operators do not wait for those of clients.
#[tokio::test]
async fn operators_are_served_while_the_capacity_is_used_up() {
    let ((listener, addr), (admin, admin_addr)) = (bound().await, bound().await);
    let capacity = highball::serve::Capacity::of(1);
    let serving = highball::serve(Greeting).capacity(capacity).state(state());
    let server = Server::of(
        serving
            .admin(Operators)
            .listen(listener)
            .admin_listen(admin),
    );
    let slow = tokio::spawn(async move { ask(connect(addr).await, b"", "/slow").await });
    tokio::time::sleep(millis(200)).await;
    let began = tokio::time::Instant::now();
    let ready = send(admin_addr, "GET /readyz HTTP/1.1\r\nhost: localhost").await;
    check(&ready, 200, "ready");
    assert!(began.elapsed() < millis(500));
    assert_eq!(slow.await.expect("it has a response"), "slow");
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn a_route_for_operators_may_be_exposed_with_a_reason() {
    let response = Exposed.test().state(state()).post("/greet").send().await;
    assert_eq!(response.text(), "operator, hello");
}

#[tokio::test]
async fn the_limits_of_the_app_are_those_of_operators() {
    let ((listener, _), (admin, addr)) = (bound().await, bound().await);
    let serving = server(crate::Api).admin(Health).listen(listener);
    let config = Config::default().max_uri_len(64);
    let server = Server::of(serving.admin_listen(admin).config(config));
    let long = format!("GET /{} HTTP/1.1\r\nhost: localhost", "a".repeat(200));
    check(&send(addr, &long).await, 414, "");
    server.stop().await.expect("it served");
}
