//! Unusual header values: octets that are not ASCII, lists on several lines, and malformed elements.

use std::{future::IntoFuture, sync::Mutex, time::Duration};

use highball::{
    cookie::Cookies,
    extract::LastEventId,
    http::{HeaderMap, HeaderValue, Request},
    middleware::{AccessLog, Cors, ETag, Trace, request_id},
    prelude::*,
    response::Accept,
};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use proptest::prelude::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// The time after which a test fails. Every step takes much less.
const PATIENCE: Duration = Duration::from_secs(20);

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[observer]
fn watch(exchange: &Exchange<'_>) {
    let name = exchange.header("x-name").unwrap_or("-").to_owned();
    SEEN.lock().expect("no panic").push(name);
}

#[get("/cookies")]
async fn cookies(cookies: Cookies<'_>) -> String {
    let pairs = cookies
        .iter()
        .map(|cookie| format!("{}={}", cookie.name(), cookie.value()));
    pairs.collect::<Vec<_>>().join("|")
}

#[get("/name", with(watch))]
async fn name(cx: &Context<'_>) -> String {
    let name = cx.header("x-name").unwrap_or("-");
    format!("{name} {}", cx.headers().get_all("x-name").iter().count())
}

#[get("/accept")]
async fn accept(accept: Accept) -> Response {
    accept
        .offer("text/plain", || "plain")
        .offer("text/html", || "html")
        .answer()
}

#[get("/tagged", with(ETag))]
async fn tagged(cx: &mut Context<'_>) -> &'static str {
    cx.set_header(header::ETAG, "\"a,b\"");
    "tagged"
}

#[post("/json")]
async fn json_body(value: Json<Value>) -> String {
    value.0.to_string()
}

#[get("/last")]
async fn last(last: LastEventId) -> String {
    last.id().unwrap_or("-").to_owned()
}

/// Reads everything that extractors read from a head.
#[any("/all", csrf = off("it reads every header, and changes nothing"))]
async fn all(
    cookies: Cookies<'_>,
    accept: Accept,
    last: LastEventId,
    trace: Local<'_, Trace>,
    token: Option<Bearer>,
    login: Option<highball::extract::Basic>,
    cx: &Context<'_>,
) -> String {
    let _ = (accept, last, trace.parent(), login);
    let sid = cookies.get("sid").map(|cookie| cookie.value().to_owned());
    format!(
        "{} {} {} {}",
        sid.as_deref().unwrap_or("-"),
        token.as_ref().map_or("-", Bearer::token),
        cx.header("x-name").unwrap_or("-"),
        cx.origin()
            .map_or("-".to_owned(), |origin| origin.to_string()),
    )
}

#[routes(
    app,
    method_override,
    with(
        AccessLog::json().to(|_| {}),
        request_id,
        Cors::origins(&["https://shop.example"]).any_header()
    )
)]
struct Api(cookies, name, accept, tagged, json_body, last, all);

async fn call(method: &str, path: &str, headers: &[(&str, &[u8])]) -> (u16, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        let value = HeaderValue::from_bytes(value).expect("a value");
        request = request.header(*name, value);
    }
    let request = request.body(Bytes::from_static(b"{}")).expect("a request");
    let (head, body) = Api.service(()).call(request).await.into_parts();
    let body = body.collect(1 << 20).await.expect("a body");
    (
        head.status.as_u16(),
        head.headers,
        String::from_utf8(body.to_vec()).expect("text"),
    )
}

async fn get(path: &str, headers: &[(&str, &[u8])]) -> String {
    let (status, _, body) = call("GET", path, headers).await;
    match status {
        200 => body,
        status => status.to_string(),
    }
}

#[tokio::test]
async fn malformed_cookie_hides_no_other() {
    for (lines, expected) in [
        (
            &[&b"sid=secret; nick=J\xc3\xb6rg"[..]][..],
            "sid=secret|nick=J\u{f6}rg",
        ),
        (
            &[b"nick=J\xc3\xb6rg; sid=secret"],
            "nick=J\u{f6}rg|sid=secret",
        ),
        (&[b"nick=J\xf6rg; sid=secret"], "sid=secret"),
        (&[b"\xff; sid=secret;\xff=1"], "sid=secret"),
        (&[b"sid=secret", b"a=1; b=2"], "sid=secret|a=1|b=2"),
        (&[b"a=\xff", b"sid=secret"], "sid=secret"),
        (&[b"a=\"x; sid=secret"], "a=\"x|sid=secret"),
        (&[b"a; =b; ; sid=secret"], "sid=secret"),
        (&[b"a=%ff; b=%41; sid=secret"], "a=%ff|b=A|sid=secret"),
        (&[b"a=100%; sid=x=y"], "a=100%|sid=x=y"),
        (
            &[b"__%48ost-sid=evil; __Host-sid=secret"],
            "__%48ost-sid=evil|__Host-sid=secret",
        ),
        (&[b"a%2Fb=1"], "a/b=1"),
    ] {
        let headers: Vec<_> = lines.iter().map(|line| ("cookie", *line)).collect();
        assert_eq!(get("/cookies", &headers).await, expected, "{lines:?}");
    }
}

#[tokio::test]
async fn cookies_are_read_equally_over_sockets() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = highball::serve(Api).listen(listener).quiet();
    let server = tokio::spawn(server.stop(std::future::pending()).into_future());
    let connect = || async { TcpStream::connect(address).await.expect("a connection") };

    let mut stream = connect().await;
    let head = b"GET /cookies HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
                 cookie: \xff=1; nick=J\xc3\xb6rg\r\ncookie: sid=secret; x=\xff\r\n\r\n";
    stream.write_all(head).await.expect("it is sent");
    let mut answer = String::new();
    let read = timeout(PATIENCE, stream.read_to_string(&mut answer)).await;
    read.expect("in time").expect("text");
    assert!(
        answer.ends_with("\r\n\r\nnick=J\u{f6}rg|sid=secret"),
        "{answer}"
    );

    // HTTP/2 can send each cookie as a separate field (RFC 9113 §8.2.3).
    let io = TokioIo::new(connect().await);
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await;
    let (mut sender, connection) = handshake.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    let mut request = Request::get("http://a/cookies");
    for cookie in [&b"\xff=1"[..], b"nick=J\xc3\xb6rg", b"sid=secret"] {
        let cookie = HeaderValue::from_bytes(cookie).expect("a value");
        request = request.header(header::COOKIE, cookie);
    }
    let request = request.body(Empty::<Bytes>::new()).expect("a request");
    let answer = timeout(PATIENCE, sender.send_request(request)).await;
    let body = answer.expect("in time").expect("an answer").into_body();
    let body = body.collect().await.expect("a body").to_bytes();
    assert_eq!(body, "nick=J\u{f6}rg|sid=secret");
    connection.abort();
    server.abort();
}

#[tokio::test]
async fn value_is_text_if_it_is_utf8() {
    assert_eq!(get("/name", &[("x-name", b"Zoe")]).await, "Zoe 1");
    assert_eq!(
        get("/name", &[("x-name", b"Zo\xc3\xab")]).await,
        "Zo\u{eb} 1"
    );
    assert_eq!(get("/name", &[("x-name", b"Zo\xeb")]).await, "- 1");
    assert_eq!(
        get("/name", &[("x-name", b"a"), ("x-name", b"\xff")]).await,
        "a 2"
    );
    assert_eq!(get("/name", &[]).await, "- 0");
    let seen = SEEN.lock().expect("no panic").clone();
    assert!(seen.contains(&"Zo\u{eb}".to_owned()), "{seen:?}");
    assert_eq!(
        get("/last", &[("last-event-id", b"\xc3\xab")]).await,
        "\u{eb}"
    );
    assert_eq!(get("/last", &[("last-event-id", b"\xeb")]).await, "-");
}

#[tokio::test]
async fn lists_are_read_from_all_lines_and_skip_invalid_elements() {
    let html = |lines: &'static [&'static [u8]]| async move {
        let headers: Vec<_> = lines.iter().map(|line| ("accept", *line)).collect();
        get("/accept", &headers).await
    };
    assert_eq!(html(&[b"text/html"]).await, "html");
    assert_eq!(html(&[b"image/png", b"text/html"]).await, "html");
    assert_eq!(html(&[b"\xff/\xff, text/html"]).await, "html");
    assert_eq!(
        html(&[b"image/\xff", b"text/html;x=\xff;q=0.1"]).await,
        "html"
    );
    assert_eq!(html(&[b"image/png;x=\", text/html"]).await, "html");
    assert_eq!(html(&[b"image/png"]).await, "406");

    let tagged = |lines: &'static [&'static [u8]]| async move {
        let headers: Vec<_> = lines.iter().map(|line| ("if-none-match", *line)).collect();
        call("GET", "/tagged", &headers).await.0
    };
    assert_eq!(tagged(&[b"\"a,b\""]).await, 304);
    assert_eq!(tagged(&[b"W/\"a,b\""]).await, 304);
    assert_eq!(tagged(&[b"\"x\"", b"\"a,b\""]).await, 304);
    assert_eq!(tagged(&[b"\"\xff\", \"a,b\""]).await, 304);
    assert_eq!(tagged(&[b"\xff, \"a,b\""]).await, 304);
    assert_eq!(tagged(&[b"*"]).await, 304);
    assert_eq!(tagged(&[b"\"a\", \"b\""]).await, 200);
    // This text is not a tag of the list: it is between the quotes of two other tags.
    assert_eq!(tagged(&[b"\"x\"a,b\"y\""]).await, 200);
    assert_eq!(tagged(&[b"\"a,b"]).await, 200);
}

#[tokio::test]
async fn media_type_must_occur_once() {
    let json: &[(&str, &[u8])] = &[("content-type", b"application/json; a=\"x;y\"; b=\xff")];
    assert_eq!(call("POST", "/json", json).await.0, 200);
    let two: &[(&str, &[u8])] = &[
        ("content-type", b"application/json"),
        ("content-type", b"text/plain"),
    ];
    assert_eq!(call("POST", "/json", two).await.0, 415);
}

#[tokio::test]
async fn preflight_lists_all_requested_headers() {
    let headers: &[(&str, &[u8])] = &[
        ("origin", b"https://shop.example"),
        ("access-control-request-method", b"POST"),
        ("access-control-request-headers", b"x-a, x-b"),
        ("access-control-request-headers", b"x-c"),
    ];
    let (status, headers, _) = call("OPTIONS", "/json", headers).await;
    assert_eq!(status, 204);
    assert_eq!(headers["access-control-allow-headers"], "x-a, x-b, x-c");
}

/// The headers that are read during a request to `/all`.
const READ: [&str; 25] = [
    "accept",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "content-type",
    "cookie",
    "connection",
    "expect",
    "forwarded",
    "host",
    "if-none-match",
    "last-event-id",
    "origin",
    "sec-websocket-key",
    "sec-websocket-version",
    "te",
    "traceparent",
    "tracestate",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-http-method-override",
    "x-request-id",
];

/// Generates header values from all octets. Octets with a meaning are more frequent.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![
        prop::sample::select(b"\",;=\\ \t/*%-:[]".to_vec()),
        b'a'..=b'z',
        b'0'..=b'9',
        0x80_u8..=0xff,
        prop::sample::select((0x20..0x7f).collect::<Vec<u8>>()),
    ];
    prop::collection::vec(octet, 0..24)
}

proptest! {
    #[test]
    fn invalid_header_hides_no_other(
        name in prop::sample::select(READ.to_vec()),
        noise in prop::collection::vec(value(), 1..4),
        methods in prop::sample::select(vec!["GET", "POST", "OPTIONS", "DELETE"]),
    ) {
        let own: &[(&str, &[u8])] = &[
            ("cookie", b"sid=secret"),
            ("authorization", b"Bearer abc"),
            ("host", b"a.example"),
            ("x-name", b"Zoe"),
        ];
        let mut headers: Vec<(&str, &[u8])> = own.to_vec();
        headers.extend(noise.iter().map(|noise| (name, &noise[..])));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let (status, _, body) = runtime.expect("a runtime").block_on(call(methods, "/all", &headers));
        prop_assert!(status < 500, "{status}");
        if status == 200 {
            let parts: Vec<_> = body.split(' ').collect();
            prop_assert_eq!(parts[2], "Zoe");
            // A second field of cookies does not change the first one.
            prop_assert_eq!(parts[0], "secret");
            // These fields are rejected if they occur twice.
            prop_assert!(name == "authorization" || parts[1] == "abc");
            prop_assert!(name == "host" || parts[3] == "http://a.example");
        }
    }

    #[test]
    fn noise_before_a_cookie_does_not_hide_it(noise in value()) {
        let noise: Vec<u8> = noise.into_iter().filter(|octet| *octet != b'=').collect();
        let line = [&noise[..], b"; sid=secret; ", &noise[..]].concat();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let body = runtime.expect("a runtime").block_on(get("/cookies", &[("cookie", &line)]));
        prop_assert_eq!(body, "sid=secret");
    }
}
