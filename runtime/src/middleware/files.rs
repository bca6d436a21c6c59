//! The files of a directory.
//!
//! One job on a blocking thread finds the file, compares its version and reads its first chunk. tower-http's `ServeDir`
//! was used before. Too many of its responses had to be corrected: `If-Range`, `Vary` of a 304, ranges of HEAD and of
//! empty files, errors of the file system.

use std::{path::Path, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tokio::task::spawn_blocking;

use crate::{
    extract::safe_path,
    header_value::{Parameters, elements, joined, lines, quality},
    request::Context,
    response::{IntoResponse, Redirect, Rejection, Response},
};

mod coding;
mod conditions;
mod content_type;
mod open;
mod range;
mod sent;
mod validators;

use coding::{Coding, accepted};
use content_type::content_type;
use open::{Content, Found, Request, find, has_index, missing};

/// Serves the files of a directory, from a handler with a catch-all.
///
/// It handles GET and HEAD, preconditions (304 and 412) and ranges (206 and 416) as in RFC 9110, and reads a file in
/// chunks. The content type depends on the extension, and text is sent as UTF-8. A directory is served as its
/// `index.html`, never as a list. Names that begin with a dot are not served (except `.well-known`), and neither are
/// paths that lead out of the directory in any spelling: `..`, backslashes, escaped slashes. Symbolic links are
/// followed.
///
/// The entity tag is made from the date and the length of the file. In the first second after a change it is weak,
/// because a second change could leave both the same. A file with a date in 1970, as reproducible builds make them, has
/// neither a tag nor a date. The response to a request for several ranges is the whole file.
///
/// Errors are rejections in the app's format: 404 if the file does not exist, is not a regular file or is not
/// readable, 405 for other methods, 412, 416, 503 if the server has too many open files, and 500 for other errors of
/// the file system, whose cause is logged. If a file becomes shorter while it is sent, the connection is closed.
///
/// # Examples
/// ```
/// use highball::{middleware::Files, prelude::*};
///
/// #[derive(State)]
/// struct AppState {
///     site: Files,
/// }
///
/// #[get("/api/books")]
/// async fn books() -> &'static str {
///     "[]"
/// }
///
/// #[get("/")]
/// async fn home(site: State<Files>, cx: &mut Context<'_>) -> Response {
///     site.serve("", cx).await
/// }
///
/// #[get("/{*path}", slash = ignore)]
/// async fn file(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Response {
///     site.serve(path, cx).await
/// }
///
/// #[routes(app)]
/// struct Api(books, home, file);
///
/// let site = Files::new("public").precompressed().spa("index.html");
/// let _ = highball::serve(Api).state(AppState { site });
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Files {
    root: Arc<Path>,
    page: Option<Arc<str>>,
    cache: Option<HeaderValue>,
    is_precompressed: bool,
}

impl Files {
    /// Returns the files of a directory. Whether it exists is not checked before the first request.
    pub fn new(dir: impl AsRef<Path>) -> Self {
        Self {
            root: dir.as_ref().into(),
            page: None,
            cache: None,
            is_precompressed: false,
        }
    }

    /// Serves `style.css.br`, `.zst` or `.gz` instead of `style.css`, if it exists and the client accepts its coding.
    pub fn precompressed(mut self) -> Self {
        self.is_precompressed = true;
        self
    }

    /// Serves this file if a browser requests a page and no file has the path. It is for single-page apps, which route
    /// in the browser.
    pub fn spa(mut self, page: impl Into<String>) -> Self {
        self.page = Some(page.into().into());
        self
    }

    /// Allows caches to keep a file for this long. The page of a [`spa`](Self::spa) is revalidated each time.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.cache = HeaderValue::try_from(format!("public, max-age={}", age.as_secs())).ok();
        self
    }

    /// Returns a response with the file of this path. The path is relative to the directory and percent-decoded, like
    /// the value of a catch-all.
    pub async fn serve(&self, path: &str, cx: &mut Context<'_>) -> Response {
        let is_head = match *cx.method() {
            Method::GET => false,
            Method::HEAD => true,
            _ => return not_allowed().into_response(),
        };
        if has_escaped_slash(cx.path()) || !is_inside(path) {
            return missing().into_response();
        }
        let request = Request {
            headers: cx.headers().clone(),
            is_head,
            codings: match self.is_precompressed {
                true => accepted(cx.headers()),
                false => vec![Coding::Identity],
            },
        };
        let search = Search {
            root: Arc::clone(&self.root),
            path: path.to_owned(),
            page: self.page.clone().filter(|_| accepts_page(cx.headers())),
            has_slash: cx.path().ends_with('/'),
        };
        match spawn_blocking(move || search.run(&request)).await {
            Ok(Ok(outcome)) => self.respond(outcome, path, cx),
            Ok(Err(rejection)) => self.reject(rejection),
            Err(error) => Rejection::internal().with_source(error).into_response(),
        }
    }

    fn respond(&self, outcome: Outcome, path: &str, cx: &Context<'_>) -> Response {
        match outcome {
            Outcome::File(found) => {
                let name = match is_dir(path) {
                    true => "index.html",
                    false => path,
                };
                self.file(found, name, self.cache.clone())
            }
            Outcome::Page(found, page) => {
                let cache = Some(HeaderValue::from_static("no-cache"));
                let mut response = self.file(found, &page, cache);
                add_vary(&mut response);
                response
            }
            Outcome::Directory => Redirect::permanent(with_slash(cx)).into_response(),
        }
    }

    fn file(&self, found: Found, name: &str, cache: Option<HeaderValue>) -> Response {
        let (validators, coding) = (found.validators, found.coding);
        let mut fields = vec![(header::ETAG, validators.etag())];
        let mut response = match found.content {
            // The client already has the headers that describe the file (RFC 9110 §15.4.5).
            Content::NotModified => Response::empty(StatusCode::NOT_MODIFIED),
            Content::Sent(body, range) => {
                let mut response = Response::typed(content_type(name), body);
                if range.is_some() {
                    response.set_status(StatusCode::PARTIAL_CONTENT);
                }
                fields.extend([
                    (header::ACCEPT_RANGES, Some(BYTES)),
                    (
                        header::CONTENT_ENCODING,
                        coding.name().map(HeaderValue::from_static),
                    ),
                    (header::CONTENT_RANGE, range),
                    (header::LAST_MODIFIED, validators.last_modified()),
                ]);
                response
            }
        };
        // A browser must not guess another type than that of the extension.
        fields.push((header::X_CONTENT_TYPE_OPTIONS, Some(NOSNIFF)));
        fields.push((header::CACHE_CONTROL, cache));
        fields.push((header::VARY, self.is_precompressed.then_some(BY_CODING)));
        let headers = response.headers_mut();
        for (name, value) in fields {
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        response
    }

    /// Returns the response to a rejection. It has `Vary`, because `Accept` decides whether the page replaces a 404.
    fn reject(&self, rejection: Rejection) -> Response {
        let mut response = rejection.into_response();
        if self.page.is_some() && response.status() == StatusCode::NOT_FOUND {
            add_vary(&mut response);
        }
        response
    }
}

const BYTES: HeaderValue = HeaderValue::from_static("bytes");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const BY_CODING: HeaderValue = HeaderValue::from_static("accept-encoding");

/// Adds `Vary`, because the response depends on the `Accept` header.
fn add_vary(response: &mut Response) {
    let value = HeaderValue::from_static("accept");
    response.headers_mut().append(header::VARY, value);
}

/// The search for a file, which runs on a blocking thread.
struct Search {
    root: Arc<Path>,
    path: String,
    /// The page that replaces a missing file, if the client accepts one.
    page: Option<Arc<str>>,
    /// Whether the request's path ends with a slash. A redirect that adds one would then never end.
    has_slash: bool,
}

enum Outcome {
    File(Found),
    /// The page of a single-page app, and its name.
    Page(Found, Arc<str>),
    /// The path is that of a directory with an index, without the slash at the end.
    Directory,
}

impl Search {
    fn run(self, request: &Request) -> Result<Outcome, Rejection> {
        let is_dir = is_dir(&self.path);
        let mut path = self.root.join(&self.path);
        if is_dir {
            path.push("index.html");
        }
        let rejection = match find(&path, request) {
            Ok(found) => return Ok(Outcome::File(found)),
            Err(rejection) if rejection.status() != StatusCode::NOT_FOUND => return Err(rejection),
            Err(rejection) => rejection,
        };
        if !is_dir && !self.has_slash && has_index(&path) {
            return Ok(Outcome::Directory);
        }
        let Some(page) = self.page else {
            return Err(rejection);
        };
        find(&self.root.join(&*page), request).map(|found| Outcome::Page(found, page))
    }
}

fn is_dir(path: &str) -> bool {
    path.is_empty() || path.ends_with('/')
}

/// Returns the path and the query of the request, with a slash at the end of the path.
///
/// Several slashes at the start become one, because a browser would read them as another origin.
fn with_slash(cx: &Context<'_>) -> String {
    let path = cx.path().trim_start_matches('/');
    match cx.uri().query() {
        Some(query) => format!("/{path}/?{query}"),
        None => format!("/{path}/"),
    }
}

fn not_allowed() -> Rejection {
    let allow = HeaderValue::from_static("GET, HEAD");
    let detail = "a file can only be read: use GET or HEAD";
    Rejection::new(StatusCode::METHOD_NOT_ALLOWED, detail).with_header(header::ALLOW, allow)
}

/// Returns whether the path has an escaped slash, backslash or NUL.
fn has_escaped_slash(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let mut windows = bytes.windows(3);
    windows.any(|three| {
        three.eq_ignore_ascii_case(b"%2f") || three.eq_ignore_ascii_case(b"%5c") || three == b"%00"
    })
}

/// Returns whether the decoded path stays in the directory and has no hidden name.
fn is_inside(path: &str) -> bool {
    let pieces = path.strip_suffix('/').unwrap_or(path).split('/');
    let mut pieces = pieces.map(|piece| (piece, safe_path::fault(piece, cfg!(windows))));
    let is_visible = |piece: &str| !piece.starts_with('.') || piece == ".well-known";
    path.is_empty() || pieces.all(|(piece, fault)| fault.is_none() && is_visible(piece))
}

/// Returns whether the client accepts HTML, as a browser that opens a page does.
fn accepts_page(headers: &HeaderMap) -> bool {
    let accept = joined(lines(headers, header::ACCEPT)).unwrap_or_default();
    elements(&accept).any(|element| {
        let (kind, parameters) = Parameters::parse(element);
        let weight = parameters.get("q");
        kind.eq_ignore_ascii_case(b"text/html")
            && weight.is_none_or(|weight| quality(&weight).is_some_and(|weight| weight > 0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_cannot_leave_the_directory() {
        for (path, expected) in [
            ("", true),
            ("a", true),
            ("a/b.txt", true),
            ("a/", true),
            (".well-known/x", true),
            ("..", false),
            ("../a", false),
            ("a/../b", false),
            ("a/..", false),
            (".", false),
            ("./a", false),
            (".git/config", false),
            ("a/.env", false),
            ("a//b", false),
            ("/", false),
            ("a//", false),
            ("..\\a", false),
            ("a\\..\\b", false),
            ("a:b.txt", cfg!(not(windows))),
            ("12:30/a", cfg!(not(windows))),
            ("a\0", false),
            ("a..b", true),
            ("..a", false),
        ] {
            assert_eq!(is_inside(path), expected, "{path:?}");
        }
    }
}
