//! Typed calls of the handlers, over TCP and in this process.

use std::io;

use client_fixture::shop::Transport;
use client_types::{NewOrder, Order, OrderId};
use highball::{
    App, Bytes, http,
    prelude::*,
    testing::{Outcome, TestRoute, TestSession},
};

use super::{
    app::{self, Api},
    transports::{Server, Tcp},
};

/// A declaration of another version, which never answers 404.
#[get("/orders/{id}")]
async fn show(id: OrderId) -> Json<Order> {
    unreachable!("{}", id.0)
}

#[routes(app)]
struct Newer(show);

async fn send(request: http::Request<Bytes>) -> io::Result<http::Response<Body>> {
    let response = Tcp::default().send(request).await?;
    Ok(response.map(Body::from))
}

fn over_tcp<A: App>(server: &Server) -> TestSession<A> {
    TestSession::remote(&server.base, send)
}

/// Calls a handler whose answers are 201, 404 and 409, and 401 of its extractor.
async fn create(session: &TestSession<Api>, product: &str, token: Option<&str>) -> String {
    let order = NewOrder {
        product: product.to_owned(),
        count: 2,
    };
    let mut call = app::create::call(session, ()).json(&order);
    if let Some(token) = token {
        call = call.bearer(token);
    }
    match call.send().await.outcome() {
        Outcome::Success(order) => format!("{} of {}", order.count, order.product),
        Outcome::Failure(answer) => answer.status().to_string(),
        Outcome::Unexpected(status) => panic!("{status}"),
    }
}

async fn each_outcome(session: &TestSession<Api>) {
    assert_eq!(create(session, "tea", Some("secret")).await, "2 of tea");
    assert_eq!(create(session, "tea", Some("other")).await, "409");
    assert_eq!(create(session, "coal", Some("secret")).await, "404");
    assert_eq!(create(session, "tea", None).await, "401");
}

#[tokio::test]
async fn each_outcome_arrives_in_process_and_over_tcp() {
    each_outcome(&Api.test().start()).await;
    let server = Server::start().await;
    each_outcome(&over_tcp(&server)).await;
    server.stop().await;
}

#[tokio::test]
async fn a_status_of_another_version_is_unexpected() {
    let server = Server::start().await;
    let session = over_tcp::<Newer>(&server);
    let answer = show::call(&session, (OrderId(7),)).send().await;
    assert!(matches!(answer.outcome(), Outcome::Success(order) if order.id == 7));
    let answer = show::call(&session, (OrderId(8),)).send().await;
    assert!(matches!(
        answer.outcome(),
        Outcome::Unexpected(StatusCode::NOT_FOUND)
    ));
    assert!(answer.text().contains("\"status\":404"));
    server.stop().await;
}

#[tokio::test]
#[should_panic(expected = "sent no response")]
async fn a_server_that_does_not_answer_panics() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let session = TestSession::<Api>::remote(&base, send);
    let _ = session.get("/orders").send().await;
}

#[test]
#[should_panic(expected = "`localhost` is not the address of a server")]
fn an_address_without_a_scheme_panics() {
    let _ = TestSession::<Api>::remote("localhost", |_| async {
        Ok::<http::Response<Body>, &str>(http::Response::default())
    });
}
