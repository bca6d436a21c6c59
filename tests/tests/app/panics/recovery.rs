//! A middleware that replaces the response to a panic.

use super::*;

/// Replaces the 500. Observers still see the panic.
#[middleware]
async fn recovers(cx: &mut Context<'_>, next: impl Next) -> Response {
    let response = next.run(cx).await;
    match response.status().as_u16() {
        500 => (StatusCode::SERVICE_UNAVAILABLE, "come back later").into_response(),
        _ => response,
    }
}

#[routes(app, with(sees, recovers))]
struct Recovering(in_async);

#[tokio::test]
async fn middleware_can_replace_the_response_to_a_panic() {
    let seen = Seen::default();
    let client = Recovering.test().state(AppState { seen: seen.clone() });
    let response = client.get("/async").send().await;
    assert_eq!(
        (response.status().as_u16(), response.text()),
        (503, "come back later")
    );
    assert_eq!(seen.take(), ["503 panicked panicked: a mistake"]);
}
