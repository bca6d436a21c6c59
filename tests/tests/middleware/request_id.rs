//! `request_id`: the id and the trace of a request.

use highball::{
    http::HeaderName,
    middleware::{Trace, request_id},
    prelude::*,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

#[get("/")]
async fn home(trace: Local<'_, Trace>) -> String {
    let parent = trace.parent();
    let parent = parent.to_str().expect("digits");
    format!("{} {} {parent}", trace.id(), trace.is_sampled())
}

#[routes(app, with(request_id))]
struct Api(home);

#[tokio::test]
async fn request_gets_an_id() {
    let response = Api.test().get("/").send().await;
    let id = response.header(REQUEST_ID).to_owned();
    assert_eq!(id.len(), 32);
    let text = response.text();
    assert!(text.starts_with(&format!("{id} false 00-{id}-")), "{text}");
    assert!(text.ends_with("-00"), "{text}");
    let other = Api.test().get("/nowhere").send().await;
    assert_eq!(other.status(), 404);
    assert_ne!(other.header(REQUEST_ID), id);
}

#[tokio::test]
async fn trace_continues_with_a_new_span() {
    let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let request = Api.test().get("/").header(REQUEST_ID, "order-7");
    let request = request.header(TRACEPARENT, format!("00-{trace}-{span}-01"));
    let response = request.send().await;
    let text = response.text();
    assert!(
        text.starts_with(&format!("order-7 true 00-{trace}-")),
        "{text}"
    );
    assert!(!text.contains(span), "{text}");
}

#[tokio::test]
async fn invalid_request_id_is_replaced() {
    let long = "a".repeat(129);
    for id in ["", "a b", "<script>", &long] {
        let response = Api.test().get("/").header(REQUEST_ID, id).send().await;
        assert_eq!(response.header(REQUEST_ID).len(), 32, "{id}");
    }
}
