//! Faults that users of other implementations met. Each test has the place where they are described.

use std::future::pending;

use highball::middleware::idempotency::{Claim, Operation, StoredResponse};

use super::*;

/// idempot-dev/idempot-js#181, accept-io/midas#14: two requests at once run twice, or one of them is a 500 or a 503.
#[tokio::test]
async fn of_two_requests_at_once_one_runs() {
    let client = Client::new();
    let first = client.post("/slow", "k1", "");
    let others = async {
        client.wait_for_runs(1).await;
        for _ in 0..3 {
            let other = client.post("/slow", "k1", "").await;
            is(&other, 409, "is still running");
            assert_eq!(other.header(header::RETRY_AFTER), "1");
        }
        client.runs.gate.add_permits(1);
    };
    let (first, ()) = tokio::join!(first, others);
    is(&first, 200, "1");
    is(&client.post("/slow", "k1", "").await, 200, "1");
    assert_eq!(client.runs(), 1);
}

/// idempot-dev/idempot-js#183: another body is a 409 while the first request runs. The draft has a 422.
#[tokio::test]
async fn another_body_is_422_even_while_the_first_request_runs() {
    let client = Client::new();
    let first = client.post("/slow", "k1", "tea");
    let other = async {
        client.wait_for_runs(1).await;
        is(
            &client.post("/slow", "k1", "milk").await,
            422,
            "belongs to another request",
        );
        client.runs.gate.add_permits(1);
    };
    tokio::join!(first, other);
    is(
        &client.post("/slow", "k1", "milk").await,
        422,
        "belongs to another request",
    );
}

/// josipmusa/idempotency4j#12: the response to another request is returned.
#[tokio::test]
async fn another_request_with_the_key_is_422() {
    let client = Client::new();
    let put = |path: &str, content_type: &'static str| {
        let request = client.session.put(path).header("idempotency-key", "k1");
        request.header(header::CONTENT_TYPE, content_type).send()
    };
    is(&put("/orders/7?a=1", "text/plain").await, 200, "7 1");
    is(
        &put("/orders/8?a=1", "text/plain").await,
        422,
        "another request",
    );
    is(
        &put("/orders/7?a=2", "text/plain").await,
        422,
        "another request",
    );
    is(
        &put("/orders/7?a=1", "text/html").await,
        422,
        "another request",
    );
    is(&put("/orders/7?a=1", "text/plain").await, 200, "7 1");
}

/// LabsCrypt/remitlend#1680: one key on two routes returns the response of the wrong one.
#[tokio::test]
async fn each_route_has_its_own_keys() {
    let client = Client::new();
    is(&client.post("/orders", "k1", "5").await, 201, "5");
    is(&client.post("/required", "k1", "5").await, 200, "2");
}

/// The responses of one client are returned to another that guesses or reuses its key.
#[tokio::test]
async fn no_client_gets_the_response_of_another() {
    let client = Client::new();
    let post = |token: &str| {
        let request = client
            .session
            .post("/orders")
            .header("idempotency-key", "1");
        request.bearer(token).body(token.to_owned()).send()
    };
    is(&post("zoe").await, 201, "zoe");
    is(&post("bob").await, 201, "bob");
    is(&post("zoe").await, 201, "zoe");
    let with_cookie = |session: &str| {
        let request = client
            .session
            .post("/orders")
            .header("idempotency-key", "1");
        request.cookie("session", session).body("tea").send()
    };
    is(&with_cookie("zoe").await, 201, "tea");
    is(&with_cookie("bob").await, 422, "another request");
}

/// useautumn/autumn#1851: after a 5xx the key stays claimed, so that each retry is a 409.
#[tokio::test]
async fn after_a_failure_a_retry_runs_the_handler() {
    for status in [500, 503, 599, 401, 408, 409, 425, 429] {
        let client = Client::new();
        let path = format!("/fails/{status}");
        let first = client.post(&path, "k1", "").await;
        let expected = if status == 599 { 500 } else { status };
        assert_eq!(first.status(), expected);
        is(&client.post(&path, "k1", "").await, 200, "2");
        is(&client.post(&path, "k1", "").await, 200, "2");
    }
    for status in [202, 303, 400, 402, 404, 410, 422] {
        let client = Client::new();
        let path = format!("/fails/{status}");
        for _ in 0..2 {
            is(&client.post(&path, "k1", "").await, status, "1");
        }
    }
}

/// A guard inside of the middleware rejects a request, and the rejection is stored.
#[tokio::test]
async fn a_guard_rejects_again_and_stores_nothing() {
    let client = Client::new();
    is(
        &client.post("/guarded", "k1", "").await,
        401,
        "bearer token",
    );
    let post = |token: &str| {
        let request = client
            .session
            .post("/guarded")
            .header("idempotency-key", "k1");
        request.bearer(token).send()
    };
    assert_eq!(post("zoe").await.status(), 403);
    is(&post("zoe.1").await, 200, "1");
}

/// An invalid body is stored as the result of the operation, in the app's format.
#[tokio::test]
async fn a_rejection_of_the_handler_is_stored_rendered() {
    let client = Client::new();
    let post = |key: &str, body: &'static str| {
        let request = client.session.post("/typed").header("idempotency-key", key);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        request.body(body).send()
    };
    for replayed in ["", "true"] {
        let response = post("k1", "300").await;
        is(&response, 422, "0 to 255");
        assert_eq!(
            response.header(header::CONTENT_TYPE),
            "application/problem+json"
        );
        assert_eq!(response.header("idempotent-replayed"), replayed);
    }
    is(&post("k2", "7").await, 200, "7 1");
}

/// The client disconnects, the handler stops halfway, and the retry does the first half again.
#[tokio::test]
async fn the_handler_ends_after_a_disconnect_and_its_response_is_stored() {
    let client = Client::new();
    tokio::select! {
        _ = client.post("/slow", "k1", "") => unreachable!("the gate is closed"),
        () = client.wait_for_runs(1) => {}
    }
    is(
        &client.post("/slow", "k1", "").await,
        409,
        "is still running",
    );
    client.runs.gate.add_permits(1);
    let retry = loop {
        let retry = client.post("/slow", "k1", "").await;
        if retry.status() != 409 {
            break retry;
        }
        tokio::task::yield_now().await;
    };
    is(&retry, 200, "1");
    assert_eq!(client.runs(), 1);
}

/// KanishJebaMathewM/Truxify#4696: a request that was cut off leaves its key claimed.
#[tokio::test]
async fn a_timeout_releases_the_key() {
    let client = Client::new();
    let first = client.post("/limited/timed", "k1", "");
    let moving = async {
        client.wait_for_runs(1).await;
        client.clock.advance(millis(20)).await;
    };
    let (first, ()) = tokio::join!(first, moving);
    is(&first, 503, "took too long");
    client.runs.gate.add_permits(2);
    tokio::task::yield_now().await;
    is(&client.post("/limited/timed", "k1", "").await, 200, "2");
}

/// margince/margince#423: a key that has expired is a 409, or runs twice at once.
#[tokio::test]
async fn an_expired_key_is_new() {
    let client = Client::new();
    client.post("/orders", "k1", "tea").await;
    client.clock.advance(secs(24 * 60 * 60 - 1)).await;
    let retry = client.post("/orders", "k1", "tea").await;
    assert_eq!(retry.header(header::LOCATION), "/orders/1");
    client.clock.advance(secs(1)).await;
    let new = client.post("/orders", "k1", "milk").await;
    is(&new, 201, "milk");
    is(&client.post("/orders", "k1", "milk").await, 201, "milk");
    assert_eq!(client.runs(), 2);
}

/// A stream is buffered without a limit, or replayed empty.
#[tokio::test]
async fn a_stream_or_a_large_body_is_sent_and_not_stored() {
    for path in ["/stream", "/large"] {
        let client = Client::new();
        let first = client.post(path, "k1", "").await;
        assert!(first.status() == 200 && !first.text().is_empty());
        is(
            &client.post(path, "k1", "").await,
            409,
            "completed with the status 200",
        );
        assert_eq!(client.runs(), 1);
    }
}

/// Headers of outer middleware are stored, so that a retry has those of the first request, or both.
#[tokio::test]
async fn headers_of_outer_middleware_are_those_of_the_retry() {
    let client = Client::new();
    for runs in ["0", "1"] {
        let response = client.post("/orders", "k1", "tea").await;
        assert_eq!(response.header("x-runs"), runs);
        let vary = response.headers().get_all(header::VARY).iter();
        assert_eq!(vary.collect::<Vec<_>>(), ["x-outer"]);
    }
}

/// Two of these middleware around one route wait for each other.
#[tokio::test]
async fn only_the_outer_of_two_applies() {
    let client = Client::new();
    for _ in 0..2 {
        is(&client.post("/nested", "k1", "").await, 200, "1");
    }
}

/// A store that fails.
#[derive(Clone, Copy)]
enum Broken {
    Claim,
    Complete,
    Hangs,
}

impl Store for Broken {
    async fn claim(&self, _: &Operation) -> Result<Claim, BoxError> {
        match self {
            Self::Claim => Err("the store is away".into()),
            Self::Complete => Ok(Claim::New),
            Self::Hangs => pending().await,
        }
    }

    async fn complete(&self, _: &Operation, _: StoredResponse) -> Result<(), BoxError> {
        Err("the store is away".into())
    }

    async fn release(&self, _: &Operation) -> Result<(), BoxError> {
        panic!("the store panics")
    }
}

/// If the store is away, the handler runs without protection.
#[tokio::test]
async fn without_a_claim_nothing_runs() {
    let client = Client::with_store(Broken::Claim);
    let response = client.post("/orders", "k1", "tea").await;
    is(&response, 503, "cannot be stored");
    assert!(!response.text().contains("away"));
    assert_eq!(client.runs(), 0);
    let hanging = Client::with_store(Broken::Hangs);
    let response = hanging.post("/limited/timed", "k1", "");
    let (response, ()) = tokio::join!(response, hanging.clock.advance(millis(20)));
    is(&response, 503, "took too long");
    assert_eq!(hanging.runs(), 0);
}

/// The client gets an error although the handler has run, because its response could not be stored.
#[tokio::test]
async fn a_response_that_cannot_be_stored_is_sent() {
    let client = Client::with_store(Broken::Complete);
    is(&client.post("/orders", "k1", "tea").await, 201, "tea");
}
