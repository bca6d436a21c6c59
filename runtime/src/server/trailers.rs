//! What of a response's trailers is sent over HTTP/2 and 3.

use http::{HeaderMap, header};

/// Removes what no trailer may be (RFC 9110 §6.5.1), and what has no place in these protocols
/// (RFC 9113 §8.2.2): a body that is handed on may bring it. hyper does the same over HTTP/1.
pub(super) fn settle(trailers: &mut HeaderMap) {
    for name in ["keep-alive", "proxy-connection"] {
        trailers.remove(name);
    }
    for name in [
        header::AUTHORIZATION,
        header::CACHE_CONTROL,
        header::CONNECTION,
        header::CONTENT_ENCODING,
        header::CONTENT_LENGTH,
        header::CONTENT_RANGE,
        header::CONTENT_TYPE,
        header::HOST,
        header::MAX_FORWARDS,
        header::SET_COOKIE,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ] {
        trailers.remove(name);
    }
}
