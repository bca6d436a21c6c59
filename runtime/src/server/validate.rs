//! What HTTP requires of a request and hyper lets pass.

use http::header::{HOST, TRANSFER_ENCODING};
use http::uri::Authority;
use http::{HeaderMap, Method, Request, StatusCode, Version};
use http_body::Body;

#[cfg(feature = "http3")]
use crate::header_value;
use crate::{config::Config, request::is_host};

/// Why a request is refused before the application sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// What the wire has shown, and hyper does not: more than one way to tell where the body ends, a line
    /// that ends in a bare line feed, a target with a fragment.
    Framing,
    /// HTTP/1.1 wants one `Host` (RFC 9112 §3.2).
    Host,
    /// The target's host is not the header's.
    OtherHost,
    /// Codings other than one `chunked` are read differently by different servers, and that is how
    /// requests are smuggled (RFC 9112 §6.1).
    TransferEncoding,
    /// The target is of a form that its method does not have (RFC 9112 §3.2).
    Target,
    /// The target is too long.
    LongTarget,
    /// There are too many headers; on HTTP/1, hyper has counted them.
    Headers,
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::LongTarget => StatusCode::URI_TOO_LONG,
            Self::Headers => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// Returns what the client is told.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::Framing => {
                "the request must have one `content-length` or `transfer-encoding`, lines that end in CRLF and a target without `#`"
            }
            Self::Host => {
                "the request needs one `host` header, or `:authority`, with a host and maybe a port"
            }
            Self::OtherHost => "the `host` header names another host than the target",
            Self::TransferEncoding => "`transfer-encoding` can only be `chunked`",
            Self::Target => "the target must begin with `/` or be a whole URL",
            Self::LongTarget => "the target is longer than this server takes",
            Self::Headers => "the request has more headers than this server takes",
        }
    }
}

/// Returns how long the body is, if its head says so: once, and in digits (RFC 9110 §8.6).
#[cfg(feature = "http3")]
pub(super) fn length(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    let mut lengths = headers.get_all(http::header::CONTENT_LENGTH).iter();
    match (lengths.next(), lengths.next()) {
        (None, _) => Ok(None),
        (Some(length), None) if length.as_bytes().iter().all(u8::is_ascii_digit) => {
            let length = header_value::text(length).and_then(|length| length.parse().ok());
            length.map(Some).ok_or(Refusal::Framing)
        }
        _ => Err(Refusal::Framing),
    }
}

/// Checks a request; `is_faulty` where the wire has shown it to be.
pub(super) fn check<B: Body>(
    request: &Request<B>,
    config: &Config,
    is_faulty: bool,
) -> Result<(), Refusal> {
    let (version, headers) = (request.version(), request.headers());
    if is_faulty {
        return Err(Refusal::Framing);
    }
    if headers.len() > config.max_headers {
        return Err(Refusal::Headers);
    }
    check_target(request, config.max_uri_len)?;
    check_host(request)?;
    // Without a body there is no transfer coding: hyper refuses all that end in another one.
    if version > Version::HTTP_11 || request.body().is_end_stream() {
        return Ok(());
    }
    check_transfer_encoding(headers)
}

fn check_target<B>(request: &Request<B>, most: usize) -> Result<(), Refusal> {
    let uri = request.uri();
    let len = uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if len > most {
        return Err(Refusal::LongTarget);
    }
    match (request.method(), uri.path()) {
        (&Method::CONNECT, "") | (&Method::OPTIONS, "*") => Ok(()),
        (&Method::CONNECT, _) => Err(Refusal::Target),
        (_, path) if path.starts_with('/') => Ok(()),
        _ => Err(Refusal::Target),
    }
}

fn check_host<B>(request: &Request<B>) -> Result<(), Refusal> {
    let authority = request.uri().authority();
    // To look through a few headers is cheaper than to hash one's name.
    let mut hosts = request.headers().iter().filter(|(name, _)| **name == HOST);
    let host = match (hosts.next(), hosts.next()) {
        (Some((_, host)), None) => host.as_bytes(),
        (None, _) if request.version() != Version::HTTP_11 => {
            // A user's name and password have no place there (RFC 9113 §8.3.1).
            let is_host = |authority: &Authority| is_host(authority.as_str().as_bytes());
            let is_fine = authority.is_none_or(is_host);
            return is_fine.then_some(()).ok_or(Refusal::Host);
        }
        _ => return Err(Refusal::Host),
    };
    if !is_host(host) {
        return Err(Refusal::Host);
    }
    match authority {
        Some(authority) if !authority.as_str().as_bytes().eq_ignore_ascii_case(host) => {
            Err(Refusal::OtherHost)
        }
        _ => Ok(()),
    }
}

fn check_transfer_encoding(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(one), None) if one.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err(Refusal::TransferEncoding),
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
        expected: Result<(), Refusal>,
    ) {
        let mut request = Request::builder().version(version).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = RequestBody::from(Bytes::from_static(b"body"));
        let request = request.body(body).expect("the request is well formed");
        let got = check(&request, &Config::default(), false);
        assert_eq!(got, expected, "{version:?} {target} {headers:?}");
    }

    fn check_headers(version: Version, headers: &[(&str, &str)], expected: Result<(), Refusal>) {
        check_request(version, "/", headers, expected);
    }

    #[test]
    fn host_is_wanted_once() {
        let (one, two) = ([("host", "a")], [("host", "a"), ("host", "a")]);
        check_headers(Version::HTTP_11, &one, Ok(()));
        check_headers(Version::HTTP_11, &[], Err(Refusal::Host));
        check_headers(Version::HTTP_11, &two, Err(Refusal::Host));
        check_headers(Version::HTTP_10, &[], Ok(()));
        check_headers(Version::HTTP_10, &two, Err(Refusal::Host));
        check_headers(Version::HTTP_2, &[], Ok(()));
        check_headers(Version::HTTP_2, &two, Err(Refusal::Host));
    }

    #[test]
    fn host_is_a_name_or_an_address() {
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
            check_headers(Version::HTTP_11, &[("host", bad)], Err(Refusal::Host));
        }
    }

    #[test]
    fn host_of_a_whole_url_is_the_same() {
        let (host, other) = ([("host", "A")], [("host", "b")]);
        check_request(Version::HTTP_11, "http://a/x", &host, Ok(()));
        check_request(
            Version::HTTP_11,
            "http://a/x",
            &other,
            Err(Refusal::OtherHost),
        );
        check_request(
            Version::HTTP_2,
            "http://a/x",
            &other,
            Err(Refusal::OtherHost),
        );
    }

    #[test]
    fn target_is_a_path() {
        let host = [("host", "a")];
        check_request(Version::HTTP_11, "*", &host, Err(Refusal::Target));
        let long = format!("/{}", "a".repeat(8 * 1024));
        check_request(Version::HTTP_11, &long, &host, Err(Refusal::LongTarget));
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
                Err(Refusal::TransferEncoding)
            };
            check_headers(Version::HTTP_11, &headers, expected);
        }
    }
}
