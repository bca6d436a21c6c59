//! Makes a response one that HTTP allows, and decides the headers about its framing and its connection.
//!
//! The client, or a server in front of this one, finds the next response on a connection by the framing of this
//! one (RFC 9112 §6.3). So `Content-Length`, `Transfer-Encoding` and the headers about the connection are never
//! sent as a handler set them. If such a header is right, the server writes its own. If it cannot be right, it is
//! an error: hyper would send a wrong length as it is.

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

/// Makes the response a valid one for the request. `switches` allows 101, for a request that switches protocols.
///
/// # Errors
/// Returns the reason if the response cannot be sent.
pub(super) fn apply_framing(
    response: &mut Response,
    head: &Head,
    switches: bool,
) -> Result<(), String> {
    let status = response.status();
    if !(200..600).contains(&status.as_u16()) && !is_switch(status, switches) {
        return Err(invalid_status(status));
    }
    let is_bodiless = is_bodiless(status, &head.method);
    // Most responses have none of these headers, so this search is the only cost for them.
    let mut declared = None;
    if response.headers().keys().any(is_framing_header) {
        declared = apply_framing_headers(response, head, is_bodiless)?;
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
        // The server also sends the length that a stream itself declares as `Content-Length`.
        response
            .body_mut()
            .enforce_length(length, Blame(head.route));
    }
    Ok(())
}

fn is_switch(status: StatusCode, switches: bool) -> bool {
    switches && status == StatusCode::SWITCHING_PROTOCOLS
}

fn invalid_status(status: StatusCode) -> String {
    if status.is_informational() {
        return format!(
            "the status {} is that of an interim response, which only the server sends",
            status.as_u16()
        );
    }
    format!("the status {} is not one of 200 to 599", status.as_u16())
}

/// Returns whether the response has no body (RFC 9110 §6.4.1, and §9.3.6 for CONNECT).
fn is_bodiless(status: StatusCode, method: &Method) -> bool {
    matches!(status.as_u16(), 101 | 204 | 205 | 304)
        || method == Method::CONNECT && status.is_success()
}

/// Returns whether the header describes the connection or the length of the message.
fn is_framing_header(name: &HeaderName) -> bool {
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

/// Checks the framing headers that a handler set, and writes those that are sent. Returns the declared length.
#[cold]
fn apply_framing_headers(
    response: &mut Response,
    head: &Head,
    is_bodiless: bool,
) -> Result<Option<u64>, String> {
    apply_connection(response, head.version);
    remove_transfer_coding(response.headers_mut())?;
    let length = declared_length(response.headers())?;
    response.headers_mut().remove(header::CONTENT_LENGTH);
    let known = response.body().len();
    let is_head = head.method == Method::HEAD;
    // HTTP/1.1 sends trailers only after a chunked body. HTTP/2 and HTTP/3 send them after any body.
    if is_bodiless || known.or(length).is_some() && head.version < Version::HTTP_2 {
        response.headers_mut().remove(header::TRAILER);
    }
    let Some(length) = length.filter(|_| !is_bodiless) else {
        return Ok(None);
    };
    match known {
        Some(known) if known == length => {}
        // A handler for HEAD may declare the length of the body that it leaves out.
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

/// Reduces `Connection` to what a handler may decide: that an HTTP/1 connection closes, and which protocol it can
/// be upgraded to.
fn apply_connection(response: &mut Response, version: Version) {
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
    // RFC 9110 §7.8: a sender of `Upgrade` must list it in `Connection`.
    let options = match (headers.contains_key(header::UPGRADE), closes) {
        (true, true) => "upgrade, close",
        (true, false) => "upgrade",
        (false, true) => "close",
        (false, false) => return,
    };
    headers.insert(header::CONNECTION, HeaderValue::from_static(options));
}

/// Removes `Transfer-Encoding`, because the server decides whether a body is chunked.
///
/// # Errors
/// Returns the reason if another coding is declared: the server cannot see whether the body really has it.
fn remove_transfer_coding(headers: &mut HeaderMap) -> Result<(), String> {
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

/// Returns the length that the headers declare.
///
/// # Errors
/// Returns the reason if the length is not a number, or if there are several different ones.
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
            "`content-length: {}` is set, which is not a length",
            first.escape_ascii()
        )),
    }
}

/// Returns whether a header stays when a response that cannot be sent is replaced by a 500.
///
/// Headers that middleware added stay. Headers that describe the lost body, or let caches store it, do not.
pub(super) fn is_kept_on_failure(name: &HeaderName) -> bool {
    let text = name.as_str();
    let describes = text.starts_with("content-") && !text.starts_with("content-security-");
    !describes
        && !is_framing_header(name)
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
