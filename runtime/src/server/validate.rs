//! Rejects requests that violate HTTP and that hyper accepts.

use http::header::{HOST, TRANSFER_ENCODING};
use http::uri::Authority;
use http::{HeaderMap, Method, Request, StatusCode, Version};
use http_body::Body;

#[cfg(feature = "http3")]
use crate::header_value;
use crate::{config::Config, request::is_host};

/// The reason why a request is rejected before routing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvalidRequest {
    /// The head is ambiguous: it has more than one length, a bare line feed or a fragment. See
    /// [`Framing`](super::framing::Framing).
    Framing,
    /// There is not exactly one valid `Host` (RFC 9112 §3.2).
    Host,
    /// The target names another host than the `Host` header.
    OtherHost,
    /// The transfer coding is not a single `chunked`. Servers read other values differently, which
    /// allows request smuggling (RFC 9112 §6.1).
    TransferEncoding,
    /// The form of the target does not match the method (RFC 9112 §3.2).
    Target,
    /// The target is longer than the limit.
    LongTarget,
    /// There are more headers than the limit. On HTTP/1 hyper checks this.
    Headers,
}

impl InvalidRequest {
    /// Returns the status of the response.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::LongTarget => StatusCode::URI_TOO_LONG,
            Self::Headers => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// Returns the explanation in the response.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::Framing => {
                "the request must have one `content-length` or `transfer-encoding`, lines that end in CRLF and a target without `#`"
            }
            Self::Host => {
                "the request must have one `host` header, or `:authority`, with a host and an optional port"
            }
            Self::OtherHost => "the `host` header names another host than the target",
            Self::TransferEncoding => "`transfer-encoding` must be `chunked`",
            Self::Target => "the target must begin with `/` or be an absolute URL",
            Self::LongTarget => "the target is longer than this server accepts",
            Self::Headers => "the request has more headers than this server accepts",
        }
    }
}

/// Returns the value of `content-length`, if there is one.
///
/// # Errors
/// Fails if there are several or if the value is not a number in digits (RFC 9110 §8.6).
#[cfg(feature = "http3")]
pub(super) fn content_length(headers: &HeaderMap) -> Result<Option<u64>, InvalidRequest> {
    let mut lengths = headers.get_all(http::header::CONTENT_LENGTH).iter();
    match (lengths.next(), lengths.next()) {
        (None, _) => Ok(None),
        (Some(length), None) if length.as_bytes().iter().all(u8::is_ascii_digit) => {
            let length = header_value::text(length).and_then(|length| length.parse().ok());
            length.map(Some).ok_or(InvalidRequest::Framing)
        }
        _ => Err(InvalidRequest::Framing),
    }
}

/// Checks the head of a request. `is_faulty` is whether [`Framing`](super::framing::Framing) has
/// found an error in it.
///
/// # Errors
/// Fails with the first violation.
pub(super) fn check_head<B: Body>(
    request: &Request<B>,
    config: &Config,
    is_faulty: bool,
) -> Result<(), InvalidRequest> {
    let (version, headers) = (request.version(), request.headers());
    if is_faulty {
        return Err(InvalidRequest::Framing);
    }
    if headers.len() > config.max_headers {
        return Err(InvalidRequest::Headers);
    }
    check_target(request, config.max_uri_len)?;
    check_host(request)?;
    // A request without a body has no transfer coding, because hyper rejects a coding that does not
    // end in `chunked`.
    if version > Version::HTTP_11 || request.body().is_end_stream() {
        return Ok(());
    }
    check_transfer_encoding(headers)
}

fn check_target<B>(request: &Request<B>, most: usize) -> Result<(), InvalidRequest> {
    let uri = request.uri();
    let len = uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if len > most {
        return Err(InvalidRequest::LongTarget);
    }
    match (request.method(), uri.path()) {
        (&Method::CONNECT, "") | (&Method::OPTIONS, "*") => Ok(()),
        (&Method::CONNECT, _) => Err(InvalidRequest::Target),
        (_, path) if path.starts_with('/') => Ok(()),
        _ => Err(InvalidRequest::Target),
    }
}

fn check_host<B>(request: &Request<B>) -> Result<(), InvalidRequest> {
    let authority = request.uri().authority();
    // Scanning a few headers is cheaper than hashing the name.
    let mut hosts = request.headers().iter().filter(|(name, _)| **name == HOST);
    let host = match (hosts.next(), hosts.next()) {
        (Some((_, host)), None) => host.as_bytes(),
        (None, _) if request.version() != Version::HTTP_11 => {
            // `:authority` must not contain a user name or a password (RFC 9113 §8.3.1).
            let is_host = |authority: &Authority| is_host(authority.as_str().as_bytes());
            let is_fine = authority.is_none_or(is_host);
            return is_fine.then_some(()).ok_or(InvalidRequest::Host);
        }
        _ => return Err(InvalidRequest::Host),
    };
    if !is_host(host) {
        return Err(InvalidRequest::Host);
    }
    match authority {
        Some(authority) if !authority.as_str().as_bytes().eq_ignore_ascii_case(host) => {
            Err(InvalidRequest::OtherHost)
        }
        _ => Ok(()),
    }
}

fn check_transfer_encoding(headers: &HeaderMap) -> Result<(), InvalidRequest> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(one), None) if one.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err(InvalidRequest::TransferEncoding),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::body::RequestBody;

    fn check_request(
        version: Version,
        target: &str,
        headers: &[(&str, &str)],
        expected: Result<(), InvalidRequest>,
    ) {
        let mut request = Request::builder().version(version).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = RequestBody::from(Bytes::from_static(b"body"));
        let request = request.body(body).expect("the request is well formed");
        let got = check_head(&request, &Config::default(), false);
        assert_eq!(got, expected, "{version:?} {target} {headers:?}");
    }

    fn check_headers(
        version: Version,
        headers: &[(&str, &str)],
        expected: Result<(), InvalidRequest>,
    ) {
        check_request(version, "/", headers, expected);
    }

    #[test]
    fn host_is_required_once() {
        let (one, two) = ([("host", "a")], [("host", "a"), ("host", "a")]);
        check_headers(Version::HTTP_11, &one, Ok(()));
        check_headers(Version::HTTP_11, &[], Err(InvalidRequest::Host));
        check_headers(Version::HTTP_11, &two, Err(InvalidRequest::Host));
        check_headers(Version::HTTP_10, &[], Ok(()));
        check_headers(Version::HTTP_10, &two, Err(InvalidRequest::Host));
        check_headers(Version::HTTP_2, &[], Ok(()));
        check_headers(Version::HTTP_2, &two, Err(InvalidRequest::Host));
    }

    #[test]
    fn host_must_be_a_name_or_an_address() {
        for good in [
            "a",
            "a.b-c.example",
            "a:80",
            "a:",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:80",
        ] {
            check_headers(Version::HTTP_11, &[("host", good)], Ok(()));
        }
        let bad = [
            "", ":80", "a b", "a@b", "a/b", "a?b", "a#b", "a,b", "a:b", "a:99999", "a:1:2", "[::1",
            "[::1]x", "[a]", "a:+1",
        ];
        for bad in bad {
            check_headers(
                Version::HTTP_11,
                &[("host", bad)],
                Err(InvalidRequest::Host),
            );
        }
    }

    #[test]
    fn host_of_an_absolute_url_must_match_the_header() {
        let (host, other) = ([("host", "A")], [("host", "b")]);
        check_request(Version::HTTP_11, "http://a/x", &host, Ok(()));
        check_request(
            Version::HTTP_11,
            "http://a/x",
            &other,
            Err(InvalidRequest::OtherHost),
        );
        check_request(
            Version::HTTP_2,
            "http://a/x",
            &other,
            Err(InvalidRequest::OtherHost),
        );
    }

    #[test]
    fn target_must_be_a_path_within_the_limit() {
        let host = [("host", "a")];
        check_request(Version::HTTP_11, "*", &host, Err(InvalidRequest::Target));
        let long = format!("/{}", "a".repeat(8 * 1024));
        check_request(
            Version::HTTP_11,
            &long,
            &host,
            Err(InvalidRequest::LongTarget),
        );
    }

    #[test]
    fn transfer_encoding_must_be_one_chunked() {
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
                Err(InvalidRequest::TransferEncoding)
            };
            check_headers(Version::HTTP_11, &headers, expected);
        }
    }
}
