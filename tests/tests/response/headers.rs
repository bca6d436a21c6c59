//! Headers of responses: some are appended to existing values, and others replace them. Also redirects.

use highball::{
    cookie::Cookie,
    http::{HeaderMap, HeaderName, HeaderValue},
    prelude::*,
};

type Pair = (&'static str, &'static str);

#[get("/cookies")]
async fn cookies() -> ([Pair; 2], &'static str) {
    ([("set-cookie", "a=1"), ("set-cookie", "b=2")], "x")
}

#[get("/lists")]
async fn lists() -> ([Pair; 6], ([Pair; 2], &'static str)) {
    let outer = [
        ("link", "<a>"),
        ("Link", "<b>"),
        ("vary", "accept"),
        ("www-authenticate", "Basic"),
        ("www-authenticate", "Bearer"),
        ("content-type", "text/css"),
    ];
    (
        outer,
        ([("vary", "origin"), ("content-type", "text/csv")], "x"),
    )
}

#[get("/replaced")]
async fn replaced() -> ([Pair; 3], &'static str) {
    let pairs = [
        ("cache-control", "no-store"),
        ("etag", "\"1\""),
        ("etag", "\"2\""),
    ];
    (pairs, "x")
}

#[get("/map")]
async fn map() -> (HeaderMap, ([Pair; 3], &'static str)) {
    let mut map = HeaderMap::new();
    for (name, value) in [
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("x-a", "1"),
        ("x-a", "2"),
    ] {
        map.append(name, HeaderValue::from_static(value));
    }
    (
        map,
        ([("set-cookie", "c=3"), ("x-a", "3"), ("x-b", "4")], "x"),
    )
}

#[get("/no-body")]
async fn no_body() -> (StatusCode, [Pair; 2]) {
    (
        StatusCode::ACCEPTED,
        [("location", "/jobs/7"), ("retry-after", "5")],
    )
}

#[get("/headers")]
async fn headers() -> [(HeaderName, String); 1] {
    [(header::RETRY_AFTER, 5.to_string())]
}

#[get("/header-map")]
async fn header_map() -> Result<HeaderMap, (StatusCode, HeaderMap)> {
    Err((
        StatusCode::CONFLICT,
        HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from(5))]),
    ))
}

#[get("/wrong")]
async fn wrong() -> (StatusCode, [Pair; 1]) {
    (StatusCode::ACCEPTED, [("x-a", "1\r\nx-b: 2")])
}

#[get("/context")]
async fn context(cx: &mut Context<'_>) -> ([Pair; 4], &'static str) {
    cx.append_header("link", "<b>");
    cx.set_header("x-a", "2");
    cx.set_header("set-cookie", "b=2");
    cx.set_header("set-cookie", "c=3");
    cx.set_cookie(Cookie::new("d", "4"));
    cx.append_header("x-b", "gone");
    cx.set_header("x-b", "2");
    cx.append_header("x-b", "3");
    cx.set_header("vary", "accept");
    cx.append_header("x-c", "1\r\nx-d: 2");
    let pairs = [
        ("link", "<a>"),
        ("x-a", "1"),
        ("set-cookie", "a=1"),
        ("vary", "origin"),
    ];
    (pairs, "x")
}

#[get("/refused")]
async fn refused(cx: &mut Context<'_>) -> Rejection {
    cx.append_header("vary", "accept");
    Rejection::new(StatusCode::UNAUTHORIZED, "who are you")
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"))
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        .with_header(header::RETRY_AFTER, HeaderValue::from(4))
        .with_header("retry-after", 5)
        .with_header("retry-after", "6\r\nx-d: 2")
}

#[middleware]
async fn marked(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    response.append_header("via", "1.1 a");
    response.append_header("via", "1.1 b");
    response.append_header("x-a", "1");
    response.append_header("x-a", "2");
    response
}

#[get("/marked", with(marked))]
async fn refused_inside() -> Rejection {
    Rejection::new(StatusCode::CONFLICT, "not now")
}

#[get("/to/{kind}")]
async fn to(kind: &str, cx: &Context<'_>) -> Response {
    let target = cx.query("target").unwrap_or_default().into_owned();
    match kind {
        "to" => Redirect::to(target).into_response(),
        "found" => Redirect::found(target).into_response(),
        "moved" => Redirect::moved_permanently(target).into_response(),
        "temporary" => Redirect::temporary(target).into_response(),
        _ => Redirect::permanent(target).into_response(),
    }
}

#[post("/created")]
async fn created() -> Created<()> {
    Created::at("/caf\u{e9} x", ())
}

#[get("/slash/{name}")]
async fn slash(name: &str) -> String {
    name.to_owned()
}

#[routes(slash = redirect)]
struct Slashes(slash);

#[routes(app)]
struct Api(
    cookies,
    lists,
    replaced,
    map,
    no_body,
    headers,
    header_map,
    wrong,
    context,
    refused,
    refused_inside,
    to,
    created,
    Slashes,
);

/// Asserts the status and all values of some headers.
async fn check(path: &str, status: u16, expected: &[(&str, &[&str])]) {
    let response = Api.test().get(path).send().await;
    assert_eq!(response.status(), status, "{path}");
    for (name, values) in expected {
        let got = response.headers().get_all(*name).iter();
        let got: Vec<_> = got.map(|value| value.to_str().expect("text")).collect();
        assert_eq!(&got, values, "{path} {name}");
    }
}

#[tokio::test]
async fn lists_and_cookies_are_appended() {
    check("/cookies", 200, &[("set-cookie", &["a=1", "b=2"])]).await;
    check(
        "/lists",
        200,
        &[
            ("link", &["<a>", "<b>"]),
            ("vary", &["origin", "accept"]),
            ("www-authenticate", &["Basic", "Bearer"]),
            ("content-type", &["text/css"]),
        ],
    )
    .await;
    check(
        "/replaced",
        200,
        &[("cache-control", &["no-store"]), ("etag", &["\"2\""])],
    )
    .await;
    check(
        "/map",
        200,
        &[
            ("set-cookie", &["c=3", "a=1", "b=2"]),
            ("x-a", &["1", "2"]),
            ("x-b", &["4"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn headers_can_be_returned_without_a_body() {
    check(
        "/no-body",
        202,
        &[("location", &["/jobs/7"]), ("retry-after", &["5"])],
    )
    .await;
    check(
        "/headers",
        200,
        &[("retry-after", &["5"]), ("content-type", &[])],
    )
    .await;
    check("/header-map", 409, &[("retry-after", &["5"])]).await;
    check("/wrong", 500, &[("x-b", &[])]).await;
}

#[tokio::test]
async fn context_sets_and_appends() {
    let expected: &[(&str, &[&str])] = &[
        ("link", &["<a>", "<b>"]),
        ("x-a", &["2"]),
        ("x-b", &["2", "3"]),
        ("x-c", &[]),
        ("vary", &["accept"]),
        (
            "set-cookie",
            &[
                "a=1",
                "b=2",
                "c=3",
                "d=4; HttpOnly; SameSite=Lax; Secure; Path=/",
            ],
        ),
    ];
    check("/context", 200, expected).await;
}

#[tokio::test]
async fn rejection_keeps_all_header_values() {
    check(
        "/refused",
        401,
        &[
            ("www-authenticate", &["Basic", "Bearer"]),
            ("retry-after", &["5"]),
            ("vary", &["accept"]),
        ],
    )
    .await;
    check(
        "/marked",
        409,
        &[("via", &["1.1 a", "1.1 b"]), ("x-a", &["1", "2"])],
    )
    .await;
}

#[tokio::test]
async fn location_is_escaped() {
    for (kind, status) in [
        ("to", 303),
        ("found", 302),
        ("moved", 301),
        ("temporary", 307),
        ("permanent", 308),
    ] {
        let path = format!("/to/{kind}?target=/caf%C3%A9%20x");
        check(&path, status, &[("location", &["/caf%C3%A9%20x"])]).await;
    }
    for (target, expected) in [
        ("/a%252Fb", "/a%2Fb"),
        ("/a%0D%0Aset-cookie:%20b=1", "/a%0D%0Aset-cookie:%20b=1"),
        ("/%5Cevil.example", "/%5Cevil.example"),
        ("/a%3Fq=x%20y%26z=%25", "/a?q=x%20y&z=%25"),
    ] {
        let path = format!("/to/to?target={target}");
        check(
            &path,
            303,
            &[("location", &[expected]), ("set-cookie", &[])],
        )
        .await;
    }
    let response = Api.test().post("/created").send().await;
    assert_eq!(response.header(header::LOCATION), "/caf%C3%A9%20x");
    check(
        "/slash/a%20b/?x={1}",
        308,
        &[("location", &["/slash/a%20b?x=%7B1%7D"])],
    )
    .await;
}
