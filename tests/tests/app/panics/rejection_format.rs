//! A panic in the function that formats rejections.

use super::*;

fn bad_format(_: &Rejection, cx: &Context<'_>) -> Response {
    match cx.query("write") {
        Some(_) => StatusCode::IM_A_TEAPOT.into_response(),
        None => panics(),
    }
}

#[routes(app, rejection = bad_format, with(sees, SecurityHeaders::new(), outer, hands))]
struct Bad(in_async, in_guard, returned);

#[routes(app, rejection = bad_format)]
struct Bare(in_async, returned);

#[tokio::test]
async fn rejection_format_that_panics_is_not_called_again() {
    for path in ["/async", "/guard", "/returned", "/missing"] {
        let seen = Seen::default();
        let state = AppState { seen: seen.clone() };
        let client = Bad.test().state(state).start();
        let response = client.get(path).send().await;
        has_500_problem(&response);
        assert_eq!(at(&response, "x-content-type-options"), "nosniff");
        assert_eq!(at(&response, "x-hands"), "outside");
        let [line] = seen.take().try_into().expect("one line");
        assert!(line.starts_with("500 panicked "), "{line}");
        assert!(line.ends_with("panicked: a mistake"), "{line}");
        assert!(line.contains("rendering the rejection `"), "{line}");
        let response = client.get(&format!("{path}?write")).send().await;
        assert_eq!(response.status(), 418, "{path}");
    }
}

#[tokio::test]
async fn rejection_format_that_panics_is_replaced_without_middleware() {
    for path in ["/async", "/returned", "/missing"] {
        has_500_problem(&Bare.test().get(path).send().await);
    }
}
