//! What HTTP allows of a response, and the headers of it that belong to the server.
//!
//! A server in front of this one, or the client, finds the next response on a connection by the
//! framing of this one (RFC 9112 §6.3). So `Content-Length`, `Transfer-Encoding` and what else is
//! about the connection is never written as a handler has set it: what means the same is left to the
//! server, and what cannot be right is an error. hyper trusts a length that it is given.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};

use crate::{
    body::Body,
    header_value::{elements, has_token, joined, lines},
    request::Head,
    response::Response,
    routes::Blame,
};

/// Headers of a connection that have no constant in `http` (RFC 9110 §7.6.1).
const KEEP_ALIVE: &str = "keep-alive";
const PROXY_CONNECTION: &str = "proxy-connection";

/// Makes the response one that can answer the request; `switches` where the request becomes another
/// protocol.
///
/// # Errors
/// Says what is wrong where the response cannot be sent.
pub(crate) fn settle_framing(
    response: &mut Response,
    head: &Head,
    switches: bool,
) -> Result<(), String> {
    let status = response.status();
    if !(200..600).contains(&status.as_u16()) && !is_switch(status, switches) {
        return Err(no_answer(status));
    }
    let is_bodiless = is_bodiless(status, &head.method);
    // A response of ours has none of these headers, so looking for them is all that most pay for.
    let mut declared = None;
    if response.headers().keys().any(is_of_server) {
        declared = settle(response, head, is_bodiless)?;
    }
    if is_bodiless {
        if !response.body().is_empty() {
            *response.body_mut() = Body::empty();
        }
    } else if head.method == Method::HEAD {
        let len = response.body().len();
        let headers = response.headers_mut();
        if let Some(len) = len.filter(|_| !headers.contains_key(header::CONTENT_LENGTH)) {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(len));
        }
        *response.body_mut() = Body::empty();
    } else if !response.body().is_whole()
        && let Some(length) = declared.or(response.body().len())
    {
        // The server sends what a stream itself says of its length as `Content-Length`, too.
        response.body_mut().promise(length, Blame(head.route));
    }
    Ok(())
}

fn is_switch(status: StatusCode, switches: bool) -> bool {
    switches && status == StatusCode::SWITCHING_PROTOCOLS
}

fn no_answer(status: StatusCode) -> String {
    if status.is_informational() {
        return format!(
            "the status {} is of an interim response, which only the server sends",
            status.as_u16()
        );
    }
    format!("the status {} is not one of 200 to 599", status.as_u16())
}

/// RFC 9110 §6.4.1, and §9.3.6 for CONNECT.
fn is_bodiless(status: StatusCode, method: &Method) -> bool {
    matches!(status.as_u16(), 101 | 204 | 205 | 304)
        || method == Method::CONNECT && status.is_success()
}

/// Returns whether the header is about the connection or the length of the message.
fn is_of_server(name: &HeaderName) -> bool {
    match *name {
        header::CONTENT_LENGTH
        | header::TRANSFER_ENCODING
        | header::CONNECTION
        | header::UPGRADE
        | header::TRAILER
        | header::TE => true,
        _ => matches!(name.as_str(), KEEP_ALIVE | PROXY_CONNECTION),
    }
}

/// Keeps of the server's headers what is right, and refuses what has no right reading; returns the
/// length that is declared.
#[cold]
fn settle(response: &mut Response, head: &Head, is_bodiless: bool) -> Result<Option<u64>, String> {
    settle_connection(response, head.version);
    settle_coding(response.headers_mut())?;
    let length = declared_length(response.headers())?;
    response.headers_mut().remove(header::CONTENT_LENGTH);
    let known = response.body().len();
    let is_head = head.method == Method::HEAD;
    // Without chunks there are no trailers; HTTP/2 and 3 have no chunks and need none.
    if is_bodiless || known.or(length).is_some() && head.version < Version::HTTP_2 {
        response.headers_mut().remove(header::TRAILER);
    }
    let Some(length) = length.filter(|_| !is_bodiless) else {
        return Ok(None);
    };
    match known {
        Some(known) if known == length => {}
        // A handler of its own for HEAD has a length and no body.
        Some(0) if is_head => {}
        Some(known) => {
            return Err(format!(
                "`content-length: {length}` is set on a body of {known} bytes"
            ));
        }
        None => {}
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    Ok(Some(length))
}

/// Leaves `Connection` with what a handler may decide: that the connection of HTTP/1 ends, or which
/// protocol it could become.
fn settle_connection(response: &mut Response, version: Version) {
    let is_http1 = version < Version::HTTP_2;
    let status = response.status();
    let headers = response.headers_mut();
    let closes = is_http1
        && status != StatusCode::SWITCHING_PROTOCOLS
        && has_token(lines(headers, header::CONNECTION), "close");
    for name in [header::CONNECTION, header::TE] {
        headers.remove(name);
    }
    for name in [KEEP_ALIVE, PROXY_CONNECTION] {
        headers.remove(name);
    }
    let is_about_upgrade = matches!(
        status,
        StatusCode::SWITCHING_PROTOCOLS | StatusCode::UPGRADE_REQUIRED
    );
    if !(is_http1 && is_about_upgrade) {
        headers.remove(header::UPGRADE);
    }
    // RFC 9110 §7.8: whoever sends `Upgrade` says so in `Connection`.
    let options = match (headers.contains_key(header::UPGRADE), closes) {
        (true, true) => "upgrade, close",
        (true, false) => "upgrade",
        (false, true) => "close",
        (false, false) => return,
    };
    headers.insert(header::CONNECTION, HeaderValue::from_static(options));
}

/// Leaves the transfer coding to the server: `chunked` is its own business, and of any other coding
/// nobody knows whether the body has it.
fn settle_coding(headers: &mut HeaderMap) -> Result<(), String> {
    let codings = joined(lines(headers, header::TRANSFER_ENCODING));
    let is_ours = |coding: &[u8]| {
        [&b"chunked"[..], b"identity"]
            .iter()
            .any(|own| coding.eq_ignore_ascii_case(own))
    };
    if let Some(codings) = codings.filter(|codings| !elements(codings).all(is_ours)) {
        return Err(format!(
            "`transfer-encoding: {}` is set, and the server applies no coding but `chunked`",
            codings.escape_ascii()
        ));
    }
    headers.remove(header::TRANSFER_ENCODING);
    Ok(())
}

/// Returns the length that the headers declare, which must be one number.
fn declared_length(headers: &HeaderMap) -> Result<Option<u64>, String> {
    let mut lines = lines(headers, header::CONTENT_LENGTH);
    let Some(first) = lines.next() else {
        return Ok(None);
    };
    if let Some(other) = lines.find(|line| *line != first) {
        return Err(format!(
            "`content-length: {}` and `content-length: {}` are set",
            first.escape_ascii(),
            other.escape_ascii()
        ));
    }
    let digits = Some(first).filter(|value| value.iter().all(u8::is_ascii_digit));
    let text = digits.and_then(|digits| std::str::from_utf8(digits).ok());
    match text.and_then(|text| text.parse().ok()) {
        Some(length) => Ok(Some(length)),
        None => Err(format!(
            "`content-length: {}` is set, which is no length",
            first.escape_ascii()
        )),
    }
}

/// Returns whether a header stays on the response that takes the place of one that cannot be sent:
/// what a middleware has added does, what describes the lost body or lets it be kept does not.
pub(crate) fn outlives(name: &HeaderName) -> bool {
    let text = name.as_str();
    let describes = text.starts_with("content-") && !text.starts_with("content-security-");
    !describes
        && !is_of_server(name)
        && ![
            header::ACCEPT_RANGES,
            header::AGE,
            header::CACHE_CONTROL,
            header::ETAG,
            header::EXPIRES,
            header::LAST_MODIFIED,
            header::LOCATION,
        ]
        .contains(name)
}
