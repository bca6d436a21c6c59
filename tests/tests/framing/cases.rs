//! Responses that a handler frames itself, and the results for the client.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context as Task, Poll},
};

use futures_util::stream::iter;
use highball::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    prelude::*,
};
use http_body_util::StreamBody;
use hyper::body::{Frame, SizeHint};

/// A response of a handler, and the result that the client must get.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: Given,
    pub(crate) want: Want,
}

/// The body that the handler returns.
enum Given {
    Whole(&'static str),
    /// A stream of these pieces.
    Pieces(&'static [&'static str]),
    /// A stream followed by trailers.
    Trailed(&'static [(&'static str, &'static str)]),
    /// A stream whose `size_hint` is an exact length.
    Sized(u64, &'static [&'static str]),
}

/// The result that the client must get.
pub(crate) enum Want {
    /// This status and text and, over HTTP/1, these headers. Of the other headers that frame a message, only a length
    /// is present.
    Answer(u16, &'static str, &'static [(&'static str, &'static str)]),
    /// 500, with this text in the log.
    Refused(&'static str),
    /// A part of the response, then the end of the connection or the stream.
    Cut,
}

use Given::{Pieces, Sized, Trailed, Whole};
use Want::{Answer, Cut, Refused};

const fn case(
    name: &'static str,
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: Given,
    want: Want,
) -> Case {
    Case {
        name,
        status,
        headers,
        body,
        want,
    }
}

/// A header that the handler sets, and that is not removed.
const OWN: (&str, &str) = ("x-own", "1");

#[rustfmt::skip]
pub(crate) const CASES: &[Case] = &[
    // The length of a whole body.
    case("short", 200, &[("content-length", "100")], Whole("short"), Refused("`content-length: 100` is set on a body of 5 bytes")),
    case("long", 200, &[("content-length", "2")], Whole("longer"), Refused("body of 6 bytes")),
    case("none", 200, &[("content-length", "2")], Whole(""), Refused("body of 0 bytes")),
    case("zero", 200, &[("content-length", "0")], Whole("x"), Refused("body of 1 bytes")),
    case("equal", 200, &[("content-length", "5")], Whole("equal"), Answer(200, "equal", &[])),
    case("zeros", 200, &[("content-length", "005")], Whole("equal"), Answer(200, "equal", &[])),
    case("word", 200, &[("content-length", "abc")], Whole("short"), Refused("which is not a length")),
    case("sign", 200, &[("content-length", "+5")], Whole("short"), Refused("which is not a length")),
    case("minus", 200, &[("content-length", "-5")], Whole("short"), Refused("which is not a length")),
    case("empty", 200, &[("content-length", "")], Whole("short"), Refused("which is not a length")),
    case("huge", 200, &[("content-length", "99999999999999999999")], Whole("short"), Refused("which is not a length")),
    case("list", 200, &[("content-length", "5, 5")], Whole("short"), Refused("which is not a length")),
    case("twice", 200, &[("content-length", "5"), ("content-length", "5")], Whole("equal"), Answer(200, "equal", &[])),
    case("two", 200, &[("content-length", "5"), ("content-length", "6")], Whole("equal"), Refused("`content-length: 5` and `content-length: 6`")),
    // The length of a stream.
    case("stream", 200, &[("content-length", "5")], Pieces(&["str", "", "am"]), Answer(200, "stram", &[])),
    case("stream-short", 200, &[("content-length", "9")], Pieces(&["str", "am"]), Cut),
    case("stream-long", 200, &[("content-length", "4")], Pieces(&["str", "eam"]), Cut),
    case("stream-more", 200, &[("content-length", "3")], Pieces(&["str", "", "GET /next HTTP/1.1\r\n\r\n"]), Cut),
    case("stream-none", 200, &[("content-length", "3")], Pieces(&[]), Cut),
    case("stream-word", 200, &[("content-length", "x")], Pieces(&["str"]), Refused("which is not a length")),
    case("stream-free", 200, &[], Pieces(&["free"]), Answer(200, "free", &[])),
    // The exact length that a stream reports.
    case("sized", 200, &[], Sized(4, &["te", "xt"]), Answer(200, "text", &[])),
    case("sized-short", 200, &[], Sized(5, &["te", "xt"]), Cut),
    case("sized-long", 200, &[], Sized(3, &["te", "xt"]), Cut),
    case("sized-other", 200, &[("content-length", "5")], Sized(4, &["te", "xt"]), Refused("body of 4 bytes")),
    case("sized-none", 200, &[], Sized(0, &[]), Answer(200, "", &[])),
    // Transfer codings.
    case("chunked", 200, &[("transfer-encoding", "chunked")], Whole("text"), Answer(200, "text", &[])),
    case("chunked-stream", 200, &[("transfer-encoding", "Chunked")], Pieces(&["te", "xt"]), Answer(200, "text", &[])),
    case("chunked-twice", 200, &[("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")], Pieces(&["text"]), Answer(200, "text", &[])),
    case("chunked-length", 200, &[("transfer-encoding", "chunked"), ("content-length", "4")], Whole("text"), Answer(200, "text", &[])),
    case("chunked-wrong", 200, &[("transfer-encoding", "chunked"), ("content-length", "9")], Whole("text"), Refused("body of 4 bytes")),
    case("gzip", 200, &[("transfer-encoding", "gzip, chunked")], Whole("text"), Refused("`transfer-encoding: gzip, chunked`")),
    case("gzip-stream", 200, &[("transfer-encoding", "gzip")], Pieces(&["text"]), Refused("`transfer-encoding: gzip`")),
    // Headers of the connection.
    case("close", 200, &[("connection", "close"), OWN], Whole("text"), Answer(200, "text", &[("connection", "close"), OWN])),
    case("close-list", 200, &[("connection", "x-own, Close"), OWN], Whole("text"), Answer(200, "text", &[("connection", "close"), OWN])),
    case("keep", 200, &[("connection", "keep-alive"), ("keep-alive", "timeout=5"), OWN], Whole("text"), Answer(200, "text", &[OWN])),
    case("names", 200, &[("connection", "content-type, x-own"), OWN], Whole("text"), Answer(200, "text", &[OWN])),
    case("proxy", 200, &[("proxy-connection", "close")], Whole("text"), Answer(200, "text", &[])),
    case("te", 200, &[("te", "trailers")], Whole("text"), Answer(200, "text", &[])),
    case("upgrade", 200, &[("upgrade", "h2c"), ("connection", "upgrade")], Whole("text"), Answer(200, "text", &[])),
    case("required", 426, &[("upgrade", "websocket")], Whole("text"), Answer(426, "text", &[("upgrade", "websocket"), ("connection", "upgrade")])),
    case("trailer", 200, &[("trailer", "x-sum")], Whole("text"), Answer(200, "text", &[])),
    case("trailers", 200, &[("trailer", "x-sum, content-length")], Trailed(&[("x-sum", "7"), ("content-length", "9"), ("connection", "close")]), Answer(200, "text", &[("trailer", "x-sum, content-length")])),
    case("trailers-length", 200, &[("content-length", "4")], Trailed(&[("x-sum", "7")]), Answer(200, "text", &[])),
    // Statuses without a body.
    case("204", 204, &[("content-length", "4"), OWN], Whole("text"), Answer(204, "", &[OWN])),
    case("204-stream", 204, &[("transfer-encoding", "chunked")], Pieces(&["text"]), Answer(204, "", &[])),
    case("205", 205, &[("content-length", "4")], Whole("text"), Answer(205, "", &[])),
    case("304", 304, &[("content-length", "4")], Whole("text"), Answer(304, "", &[])),
    // Statuses that are not a final response.
    case("100", 100, &[], Whole(""), Refused("the status 100 is that of an interim response")),
    case("101", 101, &[("connection", "upgrade"), ("upgrade", "x")], Whole(""), Refused("the status 101 is that of an interim response")),
    case("102", 102, &[], Whole("text"), Refused("the status 102 is that of an interim response")),
    case("103", 103, &[("link", "</a.css>")], Whole(""), Refused("the status 103 is that of an interim response")),
    case("199", 199, &[], Whole(""), Refused("the status 199 is that of an interim response")),
    case("600", 600, &[], Whole("text"), Refused("the status 600 is not one of 200 to 599")),
    case("999", 999, &[], Whole("text"), Refused("the status 999 is not one of 200 to 599")),
    case("599", 599, &[], Whole("text"), Answer(599, "text", &[])),
];

/// Returns the response of the case with this name.
pub(crate) fn answer(name: &str) -> Response {
    let case = CASES.iter().find(|case| case.name == name).expect("a case");
    let mut response = match case.body {
        Whole(text) => Response::new(text),
        Pieces(texts) => Response::new(pieces(texts, &[])),
        Trailed(trailers) => Response::new(pieces(&["text"], trailers)),
        Sized(length, texts) => Response::new(Body::new(Hinted(length, pieces(texts, &[])))),
    };
    response.set_status(StatusCode::from_u16(case.status).expect("a status"));
    for (name, value) in case.headers {
        let name = HeaderName::from_static(name);
        let value = HeaderValue::from_static(value);
        response.headers_mut().append(name, value);
    }
    response
}

/// Returns a body of pieces, followed by the trailers, if any.
pub(crate) fn pieces(
    pieces: &'static [&'static str],
    trailers: &'static [(&'static str, &'static str)],
) -> Body {
    let data = pieces
        .iter()
        .map(|piece| Frame::data(Bytes::from_static(piece.as_bytes())));
    let mut map = HeaderMap::new();
    for (name, value) in trailers {
        map.append(*name, HeaderValue::from_static(value));
    }
    let trailers = (!map.is_empty()).then(|| Frame::trailers(map));
    let frames: Vec<_> = data.chain(trailers).map(Ok::<_, Infallible>).collect();
    Body::new(StreamBody::new(iter(frames)))
}

/// A body that reports this exact length.
struct Hinted(u64, Body);

impl hyper::body::Body for Hinted {
    type Data = Bytes;
    type Error = highball::body::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, highball::body::BoxError>>> {
        Pin::new(&mut self.1).poll_frame(task)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0)
    }
}
