//! Malformed requests (RFC 9113, 8).

use highball::tokio;

use crate::{
    case::{Case, Expected::*, case, check},
    frame::*,
};

/// Returns a case for a malformed request with these fields. A 4xx response is accepted too (8.1.1).
fn malformed(name: &'static str, fields: &[Field<'_>]) -> Case {
    case(name, [headers(WHOLE, 1, fields)], Malformed)
}

/// Returns a case for a valid request with an additional field that makes it malformed.
fn with(name: &'static str, field: Field<'_>) -> Case {
    let mut fields = request("GET", "/ping");
    fields.push(field);
    malformed(name, &fields)
}

/// Returns a case for a request that lacks a pseudo-header.
fn without(name: &'static str, field: &str) -> Case {
    let mut fields = request("GET", "/ping");
    fields.retain(|(name, _)| *name != field);
    malformed(name, &fields)
}

#[tokio::test]
async fn header_name_is_lower_case_and_not_empty() {
    check([
        with("8.2.1: upper case", ("X-Test", "x")),
        with("8.2.1: a space in a name", ("x test", "x")),
        with("8.2.1: no name", ("", "x")),
        with("8.2.1: a line end in a value", ("x-test", "a\r\nb: c")),
        with("8.2.1: NUL in a value", ("x-test", "a\0b")),
    ])
    .await;
}

#[tokio::test]
async fn pseudo_headers_are_first_and_those_of_a_request() {
    let first = [("x-test", "x")].into_iter();
    let fields: Vec<_> = first.chain(request("GET", "/ping")).collect();
    check([
        with("8.3: an unknown one", (":test", "x")),
        with("8.3: one of a response", (":status", "200")),
        with("8.3.1: a second path", (":path", "/ping")),
        with("8.3.1: a second method", (":method", "GET")),
        with("8.3.1: a second scheme", (":scheme", "http")),
        with("8.3.1: a second authority", (":authority", "a")),
        malformed("8.3: one after a header", &fields),
    ])
    .await;
}

#[tokio::test]
async fn method_scheme_and_path_are_required() {
    check([
        without("8.3.1: no method", ":method"),
        without("8.3.1: no scheme", ":scheme"),
        without("8.3.1: no path", ":path"),
        malformed(
            "8.3.1: no path and no authority",
            &[(":method", "GET"), (":scheme", "http")],
        ),
        malformed("8.3.1: an empty path", &request("GET", "")),
        malformed("8.3.1: a path without a slash", &request("GET", "ping")),
        malformed("8.3.1: an asterisk for GET", &request("GET", "*")),
        malformed("8.5: CONNECT with a path", &request("CONNECT", "/ping")),
        case(
            "8.3.1: an asterisk for OPTIONS",
            [headers(WHOLE, 1, &request("OPTIONS", "*"))],
            Answer(204),
        ),
    ])
    .await;
}

#[tokio::test]
async fn connection_headers_of_http1_are_rejected() {
    check([
        with("8.2.2: connection", ("connection", "keep-alive")),
        with("8.2.2: transfer-encoding", ("transfer-encoding", "chunked")),
        with("8.2.2: upgrade", ("upgrade", "websocket")),
        with("8.2.2: keep-alive", ("keep-alive", "timeout=5")),
        with(
            "8.2.2: proxy-connection",
            ("proxy-connection", "keep-alive"),
        ),
        with("8.2.2: te", ("te", "gzip")),
        with(
            "8.2.2: te with more than trailers",
            ("te", "trailers, gzip"),
        ),
    ])
    .await;
    let mut fields = request("GET", "/ping");
    fields.push(("te", "trailers"));
    check([case(
        "8.2.2: te: trailers",
        [headers(WHOLE, 1, &fields)],
        Answer(200),
    )])
    .await;
}

#[tokio::test]
async fn body_has_its_declared_length() {
    let post = |len| {
        let mut fields = request("POST", "/echo");
        fields.push(("content-length", len));
        headers(END_HEADERS, 1, &fields)
    };
    let whole = |len| {
        let mut fields = request("POST", "/echo");
        fields.push(("content-length", len));
        headers(WHOLE, 1, &fields)
    };
    let (half, end) = (data(NO_FLAGS, 1, "ab"), data(END_STREAM, 1, "cd"));
    let wrong = Malformed;
    check([
        case("8.1.1: less", [post("5"), half.clone(), end.clone()], wrong),
        case("8.1.1: more", [post("3"), half.clone(), end.clone()], wrong),
        case("8.1.1: more in one frame", [post("1"), end.clone()], wrong),
        case("8.1.1: nothing", [whole("4")], wrong),
        case(
            "8.1.1: no number",
            [post("4a"), half.clone(), end.clone()],
            wrong,
        ),
        case(
            "8.1.1: a sign",
            [post("+4"), half.clone(), end.clone()],
            wrong,
        ),
        case(
            "8.1.1: trailers in place of the rest",
            [post("4"), half.clone(), headers(WHOLE, 1, &[("x-a", "b")])],
            wrong,
        ),
        case("8.1.1: as long", [post("4"), half, end], Answer(200)),
    ])
    .await;
}

#[tokio::test]
async fn trailers_end_a_request() {
    let begun = || [post(1, "/echo"), data(NO_FLAGS, 1, "x")].concat();
    check([
        case(
            "8.1: trailers",
            [begun(), headers(WHOLE, 1, &[("x-a", "b")])],
            Answer(200),
        ),
        case(
            "8.1: trailers that do not end it",
            [begun(), headers(END_HEADERS, 1, &[("x-a", "b")])],
            Malformed,
        ),
        case(
            "8.2.1: upper case in trailers",
            [begun(), headers(WHOLE, 1, &[("X-A", "b")])],
            Malformed,
        ),
    ])
    .await;
}

#[tokio::test]
async fn authority_is_a_valid_host() {
    let of = |name, authority| {
        let mut fields = request("GET", "/host");
        fields[3].1 = authority;
        malformed(name, &fields)
    };
    check([
        of("8.3.1: a user", "user@a"),
        of("8.3.1: a user and a password", "user:secret@a"),
        of("8.3.1: a port that is none", "a:x"),
        case(
            "8.3.1: a port",
            [{
                let mut fields = request("GET", "/host");
                fields[3].1 = "a:8080";
                headers(WHOLE, 1, &fields)
            }],
            Answer(200),
        ),
    ])
    .await;
}

#[tokio::test]
async fn host_occurs_once_and_equals_the_authority() {
    check([
        with("8.3.1: another host", ("host", "b")),
        with("8.3.1: no host", ("host", "")),
        {
            let mut fields = request("GET", "/ping");
            fields.extend([("host", "a"), ("host", "a")]);
            malformed("8.3.1: two hosts", &fields)
        },
    ])
    .await;
}
