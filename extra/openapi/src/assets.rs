//! The files of the pages, and how they are sent.
//!
//! A page and its files share one route, `/docs?file=page.js`, because a handler has one pattern and a group cannot be
//! generic. The addresses in a page are relative to it, so that they hold below any prefix and behind any proxy.

use std::{
    hash::{DefaultHasher, Hasher},
    io::Read,
    sync::OnceLock,
};

use flate2::read::GzDecoder;
use highball::{
    Bytes, Extract, IntoResponse, Rejection, Response,
    describe::{Answer, Answers, Inputs},
    extract::{Fact, Facts, Input, Precondition},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Revision,
};

/// A page, one of its files, or the problem of a file that does not exist.
pub struct Served(pub(crate) Result<Response, Rejection>);

impl IntoResponse for Served {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::list(&[
        Answer::new(200, "text/html"),
        Answer::new(200, "text/css"),
        Answer::new(200, "text/javascript"),
        Answer::new(200, "application/json"),
        Answer::empty(304),
        Answer::problem(404),
        Answer::problem(500),
    ]);

    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Served").finish_non_exhaustive()
    }
}

/// A file of a page.
pub(crate) struct Asset {
    /// The name in the query.
    pub(crate) name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    /// Whether the bytes are compressed with gzip.
    is_gzip: bool,
    /// The entity tag, without quotes.
    tag: OnceLock<String>,
    /// The bytes without compression, for a client that does not accept it.
    plain: OnceLock<Bytes>,
}

impl Asset {
    pub(crate) const fn script(name: &'static str, bytes: &'static [u8]) -> Self {
        Self {
            name,
            content_type: "text/javascript; charset=utf-8",
            bytes,
            is_gzip: false,
            tag: OnceLock::new(),
            plain: OnceLock::new(),
        }
    }

    pub(crate) const fn style(name: &'static str, bytes: &'static [u8]) -> Self {
        let mut asset = Self::script(name, bytes);
        asset.content_type = "text/css; charset=utf-8";
        asset
    }

    /// States that the bytes are compressed with gzip.
    pub(crate) const fn gzip(mut self) -> Self {
        self.is_gzip = true;
        self
    }

    fn tag(&self) -> &str {
        self.tag.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            hasher.write(self.bytes);
            format!("{:016x}", hasher.finish())
        })
    }

    /// Returns the address, relative to the page. It changes with the bytes.
    pub(crate) fn url(&self) -> String {
        format!("?file={}&amp;v={}", self.name, self.tag())
    }

    /// Returns the response with the file, or a 304.
    fn response(&'static self, request: &PageRequest) -> Response {
        let is_gzip = self.is_gzip && request.accepts_gzip;
        let tag = match is_gzip {
            true => format!("{}-gzip", self.tag()),
            false => self.tag().to_owned(),
        };
        let bytes = match self.is_gzip && !is_gzip {
            true => self.plain(),
            false => Bytes::from_static(self.bytes),
        };
        let mut response = request.respond(&tag, self.content_type, bytes);
        let headers = response.headers_mut();
        if is_gzip && headers.contains_key(header::CONTENT_TYPE) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if self.is_gzip {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        // A file that the page names with its hash never changes.
        let caching = match request.version == self.tag() {
            true => "public, max-age=31536000, immutable",
            false => "no-cache",
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        response
    }

    fn plain(&self) -> Bytes {
        let plain = self.plain.get_or_init(|| {
            let mut plain = Vec::new();
            let read = GzDecoder::new(self.bytes).read_to_end(&mut plain);
            debug_assert!(read.is_ok(), "a file of this package is valid gzip");
            plain.into()
        });
        plain.clone()
    }
}

/// An extractor for what a page reads of a request: the file in the query, and the headers for it.
#[derive(Debug)]
pub struct PageRequest {
    /// The name of the file, or empty for the page itself.
    pub(crate) file: String,
    version: String,
    accepts_gzip: bool,
    precondition: Precondition,
    /// The number of segments in the pattern of the route.
    pub(crate) n_segments: usize,
}

impl<'r> Extract<'r> for PageRequest {
    type State = ();
    const FACTS: Facts = Facts::both(
        &Facts::QUERY,
        &Facts::named(&[
            Fact::header("accept-encoding"),
            Fact::header("if-none-match"),
        ]),
    );
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let path = input.route().map_or("", |route| route.path());
        Ok(Self {
            file: value(input.query(), "file").to_owned(),
            version: value(input.query(), "v").to_owned(),
            accepts_gzip: accepts_gzip(input.headers()),
            precondition: Precondition::extract(input)?,
            n_segments: path.split('/').filter(|part| !part.is_empty()).count(),
        })
    }
}

impl PageRequest {
    /// Returns one of the files, or a 404.
    pub(crate) fn asset(&self, assets: &'static [Asset]) -> Result<Response, Rejection> {
        match assets.iter().find(|asset| asset.name == self.file) {
            Some(asset) => Ok(asset.response(self)),
            None => Err(Rejection::new(
                StatusCode::NOT_FOUND,
                "the page has no such file",
            )),
        }
    }

    /// Returns a text that may change with each build of the app, or a 304.
    pub(crate) fn text(&self, content_type: &'static str, text: &str) -> Response {
        let mut hasher = DefaultHasher::new();
        hasher.write(text.as_bytes());
        let tag = format!("{:016x}", hasher.finish());
        let mut response =
            self.respond(&tag, content_type, Bytes::copy_from_slice(text.as_bytes()));
        let caching = HeaderValue::from_static("no-cache");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, caching);
        response
    }

    fn respond(&self, tag: &str, content_type: &'static str, bytes: Bytes) -> Response {
        let version = Revision::tag(tag);
        let mut response = match self.precondition.not_modified(&version) {
            Some(response) => response.into_response(),
            None => {
                let mut response = Response::new(bytes);
                response.set_header(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
                response.set_header(header::ETAG, format!("\"{tag}\""));
                response
            }
        };
        let no_guess = HeaderValue::from_static("nosniff");
        response.set_header(header::X_CONTENT_TYPE_OPTIONS, no_guess);
        response
    }
}

/// Returns the value of a key in a query. The files need no percent-encoding.
fn value<'q>(query: &'q str, key: &str) -> &'q str {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pair = pairs.find(|(name, _)| *name == key);
    pair.map(|(_, value)| value).unwrap_or_default()
}

/// Returns whether `Accept-Encoding` has gzip (RFC 9110 §12.5.3). Without the header any encoding is acceptable, but
/// programs that send none rarely decode one.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
    let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
    let (mut named, mut any) = (None, None);
    for coding in lines.iter().flat_map(|line| line.split(',')) {
        let (name, params) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = params.trim().trim_start_matches(['q', 'Q', '=', ' ']);
        let is_accepted = weight.is_empty() || weight.parse().is_ok_and(|weight: f32| weight > 0.0);
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => named = Some(is_accepted),
            "*" => any = Some(is_accepted),
            _ => {}
        }
    }
    named.or(any).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_only_where_it_is_accepted() {
        for (line, expected) in [
            (None, false),
            (Some(""), false),
            (Some("gzip"), true),
            (Some("br, GZIP;q=0.5"), true),
            (Some("gzip;q=0"), false),
            (Some("gzip; q=0.0, *"), false),
            (Some("*"), true),
            (Some("*;q=0"), false),
            (Some("identity, br"), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(line) = line {
                headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            }
            assert_eq!(accepts_gzip(&headers), expected, "{line:?}");
        }
    }
}
