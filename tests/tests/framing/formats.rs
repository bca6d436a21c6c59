//! Incorrect framing by a function that formats rejections, and responses without a socket.

use highball::{http::Request, prelude::*, tokio};

fn wrong(rejection: &Rejection, _: &Context<'_>) -> Response {
    let mut response = Response::new(rejection.detail().to_owned());
    response.set_status(rejection.status());
    response.set_header("content-length", "1");
    response
}

#[get("/")]
async fn home() -> Response {
    (
        [("content-length", "7"), ("x-own", "1"), ("etag", "\"a\"")],
        "home",
    )
        .into_response()
}

#[get("/fine")]
async fn fine() -> Response {
    ([("content-length", "4"), ("etag", "\"a\"")], "fine").into_response()
}

#[routes(app, rejection = wrong)]
struct Wrong(home);

#[routes(app)]
struct Plain(home, fine);

#[tokio::test]
async fn rejection_format_with_invalid_framing_is_replaced() {
    for path in ["/", "/missing"] {
        let response = Wrong.test().get(path).send().await;
        assert_eq!(response.status(), 500, "{path}");
        let problem: Value = response.json();
        assert_eq!(problem["status"], 500, "{path}");
    }
}

#[tokio::test]
async fn headers_of_middleware_are_kept() {
    let response = Plain.test().get("/").send().await;
    assert_eq!(response.status(), 500);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(response.headers()["x-own"], "1");
    assert!(!response.headers().contains_key("etag"));
    let response = Plain.test().get("/fine").send().await;
    assert_eq!(response.headers()["etag"], "\"a\"");
}

/// Without a socket, the body of the response returns the error.
#[tokio::test]
async fn declared_length_is_checked_without_a_socket() {
    #[get("/")]
    async fn stream() -> Response {
        let body = crate::cases::pieces(&["str", "eam"], &[]);
        ([("content-length", "9")], body).into_response()
    }

    #[routes(app)]
    struct Api(stream);

    let request = Request::get("/").body(()).expect("a request");
    let response = Api.service(()).call(request).await;
    let error = response
        .into_body()
        .collect(1024)
        .await
        .expect_err("it is short");
    let text = std::error::Error::source(&error)
        .expect("a cause")
        .to_string();
    assert!(
        text.contains("stream` (") && text.contains("formats.rs:"),
        "{text}"
    );
    assert!(
        text.contains("has ended after 6 of the 9 bytes that are declared"),
        "{text}"
    );
}

/// A 2xx response to CONNECT begins a tunnel, which has no length (RFC 9110 §9.3.6).
#[tokio::test]
async fn response_to_connect_has_no_body() {
    #[fallback]
    async fn anything() -> Response {
        (
            [("content-length", "4"), ("transfer-encoding", "chunked")],
            "page",
        )
            .into_response()
    }

    #[get("/")]
    async fn home() {}

    #[routes(app, fallback = anything)]
    struct Api(home);

    for (method, target, text) in [("CONNECT", "a:1", ""), ("GET", "/missing", "page")] {
        let request = Request::builder().method(method).uri(target);
        let request = request.body(()).expect("a request");
        let (head, body) = Api.service(()).call(request).await.into_parts();
        assert_eq!(head.status, 200, "{method}");
        assert!(!head.headers.contains_key("transfer-encoding"), "{method}");
        assert_eq!(head.headers.contains_key("content-length"), method == "GET");
        let bytes = body.collect(1024).await.expect("it is whole");
        assert_eq!(bytes, text, "{method}");
    }
}
