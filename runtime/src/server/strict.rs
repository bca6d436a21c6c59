//! What HTTP/1 requires of a request and hyper lets pass.

use http::header::{HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Request, Version};
use http_body::Body;

/// Why a request is refused with 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// HTTP/1.1 wants one `Host` (RFC 9112, 3.2).
    Host,
    /// Codings other than one `chunked` are read differently by different servers, and that is how
    /// requests are smuggled (RFC 9112, 6.1).
    TransferEncoding,
}

/// Checks a request of HTTP/1; one of HTTP/2 has been checked by its framing.
///
/// `Transfer-Encoding` beside `Content-Length` is not checked: hyper drops the length, reads the
/// chunks and closes the connection after the answer, as RFC 9112, 6.3 allows.
pub(super) fn check<B: Body>(request: &Request<B>) -> Result<(), Reason> {
    let (version, headers) = (request.version(), request.headers());
    if version > Version::HTTP_11 {
        return Ok(());
    }
    check_host(version, headers)?;
    // Without a body there is no transfer coding: hyper refuses all that end in another one.
    if request.body().is_end_stream() {
        return Ok(());
    }
    check_transfer_encoding(headers)
}

fn check_host(version: Version, headers: &HeaderMap) -> Result<(), Reason> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), None) => Ok(()),
        (None, _) if version < Version::HTTP_11 => Ok(()),
        _ => Err(Reason::Host),
    }
}

fn check_transfer_encoding(headers: &HeaderMap) -> Result<(), Reason> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(one), None) if one.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err(Reason::TransferEncoding),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::body::RequestBody;

    fn check_headers(version: Version, headers: &[(&str, &str)], expected: Result<(), Reason>) {
        let mut request = Request::builder().version(version);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = RequestBody::from(Bytes::from_static(b"body"));
        let request = request.body(body).expect("the request is well formed");
        assert_eq!(check(&request), expected, "{version:?} {headers:?}");
    }

    #[test]
    fn host_is_wanted_once() {
        let (one, two) = ([("host", "a")], [("host", "a"), ("host", "a")]);
        check_headers(Version::HTTP_11, &one, Ok(()));
        check_headers(Version::HTTP_11, &[], Err(Reason::Host));
        check_headers(Version::HTTP_11, &two, Err(Reason::Host));
        check_headers(Version::HTTP_10, &[], Ok(()));
        check_headers(Version::HTTP_10, &two, Err(Reason::Host));
        check_headers(Version::HTTP_2, &[], Ok(()));
    }

    #[test]
    fn only_one_chunked_is_a_transfer_encoding() {
        let cases: [(&[&str], bool); 6] = [
            (&["chunked"], true),
            (&["Chunked"], true),
            (&["gzip, chunked"], false),
            (&["chunked, chunked"], false),
            (&["chunked", "chunked"], false),
            (&["identity", "chunked"], false),
        ];
        for (codings, allowed) in cases {
            let mut headers = vec![("host", "a")];
            headers.extend(codings.iter().map(|coding| ("transfer-encoding", *coding)));
            let expected = if allowed {
                Ok(())
            } else {
                Err(Reason::TransferEncoding)
            };
            check_headers(Version::HTTP_11, &headers, expected);
        }
    }
}
