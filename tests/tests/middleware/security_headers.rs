//! `SecurityHeaders`: headers that restrict what a browser does with a response.

use highball::{http::HeaderName, middleware::SecurityHeaders, prelude::*};

use crate::has;

#[get("/")]
async fn home() {}

#[get("/framed")]
async fn framed(cx: &mut Context<'_>) -> Response {
    let mut response = cx.text(200, "a page");
    response.set_header(header::X_FRAME_OPTIONS, "SAMEORIGIN");
    response
}

#[routes(
    app,
    with(SecurityHeaders::new().set("referrer-policy", "same-origin").without("cross-origin-opener-policy"))
)]
struct Api(home, framed);

#[tokio::test]
async fn security_headers_are_set() {
    for path in ["/", "/nowhere"] {
        let response = Api.test().get(path).send().await;
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "same-origin"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(response.header(HeaderName::from_static(name)), value);
        }
        let left_out = HeaderName::from_static("cross-origin-opener-policy");
        assert!(!has(&response, left_out));
    }
    let response = Api.test().get("/framed").send().await;
    assert_eq!(response.header(header::X_FRAME_OPTIONS), "SAMEORIGIN");
}
