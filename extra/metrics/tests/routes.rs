//! The metrics of requests by route.

mod common;

use std::sync::Arc;

use common::{series, sum, value};
use highball::{
    body::produce,
    http::{Method, Request},
    prelude::*,
    testing::TestSession,
};
use highball_metrics::{Exporter, measured};
use tokio::sync::Notify;

#[derive(State)]
struct AppState {
    exporter: Exporter,
    gate: Arc<Notify>,
}

#[get("/books/{id}")]
async fn book(id: u64) -> Result<String, StatusCode> {
    match id {
        0 => Err(StatusCode::INTERNAL_SERVER_ERROR),
        1 => panic!("on purpose"),
        id => Ok(format!("book {id}")),
    }
}

#[post("/books")]
async fn add() -> StatusCode {
    StatusCode::CREATED
}

#[any("/anything")]
async fn anything() {}

/// Sends two lines, the second one when the gate opens.
#[get("/slow")]
async fn slow(gate: State<Arc<Notify>>) -> Body {
    let gate = Arc::clone(&gate);
    Body::stream(produce(async move |lines| {
        lines.send(Ok::<_, std::io::Error>("one\n")).await;
        gate.notified().await;
        lines.send(Ok("two\n")).await;
    }))
}

#[get("/broken")]
async fn broken() -> Body {
    Body::stream(produce(async |lines| {
        lines.send(Ok("one\n")).await;
        lines.send(Err(std::io::Error::other("on purpose"))).await;
    }))
}

#[get("/forever")]
async fn forever() {
    std::future::pending::<()>().await;
}

#[routes(app, admin = exposed("a test"), with(measured))]
struct Api(
    book,
    add,
    anything,
    slow,
    broken,
    forever,
    highball::serve::livez,
    highball_metrics::metrics,
);

fn start(exporter: Exporter) -> (TestSession<Api>, Arc<Notify>) {
    let gate = Arc::new(Notify::new());
    let state = AppState {
        exporter,
        gate: Arc::clone(&gate),
    };
    (Api.test().state(state).start(), gate)
}

async fn scrape(client: &TestSession<Api>) -> String {
    client.get("/metrics").send().await.text().to_owned()
}

/// Returns the labels of a route, for a status class if one is given.
fn labels(method: &str, route: &str, class: Option<&str>) -> String {
    let class = class.map(|class| format!(",http_response_status_class=\"{class}\""));
    let class = class.unwrap_or_default();
    format!("{{http_request_method=\"{method}\",http_route=\"{route}\"{class}}}")
}

fn responses(method: &str, route: &str, class: &str) -> String {
    let labels = labels(method, route, Some(class));
    format!("http_server_responses_total{labels}")
}

fn count(method: &str, route: &str) -> String {
    let labels = labels(method, route, None);
    format!("http_server_request_duration_seconds_count{labels}")
}

#[tokio::test]
async fn first_failure_of_a_route_is_an_increase() {
    let (client, _) = start(Exporter::new());
    client.get("/books/7").send().await;
    let before = scrape(&client).await;
    assert_eq!(value(&before, &responses("GET", "/books/{id}", "5xx")), 0.0);
    assert_eq!(value(&before, &count("POST", "/books")), 0.0);
    client.get("/books/0").send().await;
    let after = scrape(&client).await;
    assert_eq!(value(&after, &responses("GET", "/books/{id}", "5xx")), 1.0);
    assert_eq!(value(&after, &responses("GET", "/books/{id}", "2xx")), 1.0);
    assert_eq!(value(&after, &count("GET", "/books/{id}")), 2.0);
    let bytes = labels("GET", "/books/{id}", None);
    let bytes = value(
        &after,
        &format!("http_server_response_body_bytes_total{bytes}"),
    );
    assert_eq!(bytes, 6.0);
    let lines = |text: &str| text.lines().count();
    assert_eq!(lines(&before), lines(&after), "no series is new");
}

#[tokio::test]
async fn panic_is_a_failure() {
    let (client, _) = start(Exporter::new());
    client.get("/books/1").send().await;
    let text = scrape(&client).await;
    assert_eq!(value(&text, &responses("GET", "/books/{id}", "5xx")), 1.0);
}

#[tokio::test]
async fn head_is_counted_with_its_route_and_a_method_of_any_by_itself() {
    let (client, _) = start(Exporter::new());
    client.request(Method::HEAD, "/books/7").send().await;
    let brew = Method::from_bytes(b"BREW").unwrap();
    for method in [Method::HEAD, Method::PUT, brew] {
        client.request(method, "/anything").send().await;
    }
    let text = scrape(&client).await;
    assert_eq!(value(&text, &count("GET", "/books/{id}")), 1.0);
    for method in ["HEAD", "PUT", "_OTHER"] {
        assert_eq!(value(&text, &count(method, "/anything")), 1.0, "{method}");
    }
    assert_eq!(value(&text, &count("GET", "/anything")), 0.0);
}

#[tokio::test]
async fn requests_without_a_route_are_one_series() {
    let (client, _) = start(Exporter::new());
    client.get("/wp-login.php").send().await;
    client.delete("/books").send().await;
    client.request(Method::OPTIONS, "/books").send().await;
    let text = scrape(&client).await;
    assert_eq!(
        value(&text, "http_server_request_duration_seconds_count"),
        3.0
    );
    let missed = value(
        &text,
        "http_server_responses_total{http_response_status_class=\"4xx\"}",
    );
    assert_eq!(missed, 2.0);
}

#[tokio::test]
async fn request_is_counted_when_its_body_ends() {
    let (client, gate) = start(Exporter::new());
    client.post("/books").send().await;
    let mut stream = client.get("/slow").send_streaming().await;
    assert_eq!(stream.next_chunk().await.as_deref(), Some(&b"one\n"[..]));
    assert_eq!(value(&scrape(&client).await, &count("GET", "/slow")), 0.0);
    tokio::time::sleep(millis(20)).await;
    gate.notify_one();
    while stream.next_chunk().await.is_some() {}
    drop(stream);
    let text = scrape(&client).await;
    assert_eq!(value(&text, &count("GET", "/slow")), 1.0);
    let took = labels("GET", "/slow", None);
    let took = value(
        &text,
        &format!("http_server_request_duration_seconds_sum{took}"),
    );
    assert!(took >= 0.02, "{took}");
    let fast = "{le=\"0.01\",http_request_method=\"GET\",http_route=\"/slow\"}";
    assert_eq!(
        value(
            &text,
            &format!("http_server_request_duration_seconds_bucket{fast}")
        ),
        0.0
    );
}

#[tokio::test]
async fn body_that_fails_and_client_that_leaves_have_classes() {
    let exporter = Exporter::new();
    let state = AppState {
        exporter: exporter.clone(),
        gate: Arc::default(),
    };
    let service = Api.service(state);
    let get = |path: &str| Request::get(path).body(()).unwrap();
    let body = service.call(get("/broken")).await.into_body();
    assert!(body.collect(1024).await.is_err());
    {
        let call = service.call(get("/forever"));
        let left = tokio::time::timeout(millis(10), call).await;
        assert!(left.is_err());
    }
    let (client, _) = start(exporter);
    let text = scrape(&client).await;
    assert_eq!(
        value(&text, &responses("GET", "/broken", "body_failed")),
        1.0
    );
    assert_eq!(value(&text, &responses("GET", "/broken", "2xx")), 0.0);
    assert_eq!(
        value(&text, &responses("GET", "/forever", "client_left")),
        1.0
    );
    let all = sum(&text, "http_server_responses_total");
    assert_eq!(
        all,
        sum(&text, "http_server_request_duration_seconds_count")
    );
}

#[tokio::test]
async fn health_checks_and_scrapes_can_be_left_out() {
    let (client, _) = start(Exporter::new().skip_probes());
    client.get("/livez").send().await;
    scrape(&client).await;
    let text = scrape(&client).await;
    assert!(!text.contains("http_route=\"/livez\""));
    assert!(!text.contains("http_route=\"/metrics\""));
    assert_eq!(sum(&text, "http_server_responses_total"), 0.0);
    let (client, _) = start(Exporter::new().skip(|route| route.path() != "/books"));
    client.post("/books").send().await;
    client.get("/books/7").send().await;
    let text = scrape(&client).await;
    // Its route, and requests without one.
    assert_eq!(
        series(&text, "http_server_request_duration_seconds_count").len(),
        2
    );
    assert_eq!(sum(&text, "http_server_responses_total"), 1.0);
}

#[tokio::test]
async fn scrape_itself_is_counted_unless_it_is_left_out() {
    let (client, _) = start(Exporter::new());
    scrape(&client).await;
    let text = scrape(&client).await;
    assert_eq!(value(&text, &responses("GET", "/metrics", "2xx")), 1.0);
}
