//! Filters the trailers of responses over HTTP/2 and HTTP/3.

use http::{HeaderMap, header};

/// Removes fields that must not be trailers (RFC 9110 §6.5.1) and fields that HTTP/2 and HTTP/3
/// forbid (RFC 9113 §8.2.2).
///
/// A proxied body may bring such fields. Over HTTP/1 hyper removes them.
pub(super) fn remove_forbidden(trailers: &mut HeaderMap) {
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
