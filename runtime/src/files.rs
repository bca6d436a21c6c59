//! Files of a directory, by tower-http's `ServeDir`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::{HeaderValue, Method, StatusCode, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tower_http::services::fs::ServeDir;

use crate::{
    context::Context,
    rejection::Rejection,
    response::{IntoResponse, Redirect, Response},
    service,
};

/// The files of a directory, for a handler with a catch-all.
///
/// It answers ranges (206 and 416), conditional requests (304 and 412) and HEAD, knows content types by the
/// names' endings, and reads a file piece by piece. A directory is its `index.html`, and never a list. What
/// begins with a dot is not there (but for `.well-known`), nor what leads out of the directory in any
/// spelling: `..`, backslashes, escaped slashes. Links in the directory are followed.
///
/// # Examples
/// ```
/// use highball::{Files, prelude::*};
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
    root: PathBuf,
    dir: ServeDir,
    page: Option<String>,
    cache: Option<HeaderValue>,
}

/// What stands for itself in a path: RFC 3986's unreserved characters, and the slash.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

impl Files {
    /// Takes a directory; that it is there is seen with the first request.
    pub fn new(dir: impl AsRef<Path>) -> Self {
        let root = dir.as_ref().to_owned();
        Self {
            dir: ServeDir::new(&root).append_index_html_on_directories(false),
            root,
            page: None,
            cache: None,
        }
    }

    /// Answers with `style.css.br`, `.zst` or `.gz` in place of `style.css` where it is there and the client
    /// takes it.
    pub fn precompressed(mut self) -> Self {
        self.dir = self
            .dir
            .precompressed_br()
            .precompressed_zstd()
            .precompressed_gzip();
        self
    }

    /// Answers with this file where nothing has the path and a page is asked for: an app in the browser
    /// that has paths of its own.
    pub fn spa(mut self, page: impl Into<String>) -> Self {
        self.page = Some(page.into());
        self
    }

    /// Lets caches keep a file for so long; the page of an [`spa`](Self::spa) is asked for each time.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.cache = HeaderValue::try_from(format!("public, max-age={}", age.as_secs())).ok();
        self
    }

    /// Answers with the file of this path, relative to the directory and decoded, as a catch-all has it.
    pub async fn serve(&self, path: &str, cx: &mut Context<'_>) -> Response {
        if has_escaped_slash(cx.path()) || !is_inside(path) {
            return missing();
        }
        let is_dir = path.is_empty() || path.ends_with('/');
        let file = if is_dir {
            format!("{path}index.html")
        } else {
            path.to_owned()
        };
        // The connection has room for its app's largest future, and a file's is large: it is boxed.
        let mut response = Box::pin(self.file(&file, cx)).await;
        if response.status() != StatusCode::NOT_FOUND {
            self.cache(&mut response, self.cache.clone());
            return response;
        }
        if !is_dir && self.has_dir(path).await && !cx.path().ends_with('/') {
            return Redirect::permanent(format!("{}/", cx.path())).into_response();
        }
        match &self.page {
            Some(page) if wants_page(cx) => {
                let mut response = Box::pin(self.file(page, cx)).await;
                self.cache(&mut response, Some(HeaderValue::from_static("no-cache")));
                response
            }
            _ => missing(),
        }
    }

    async fn file(&self, path: &str, cx: &mut Context<'_>) -> Response {
        let mut request = service::request(cx);
        let uri = format!("/{}", utf8_percent_encode(path, ESCAPED));
        match Uri::try_from(uri) {
            Ok(uri) => *request.uri_mut() = uri,
            Err(_) => return missing(),
        }
        // RFC 9110 §14.2: a unit that nobody knows is passed over.
        let is_known = |value: &HeaderValue| value.as_bytes().starts_with(b"bytes=");
        if !request.headers().get(header::RANGE).is_some_and(is_known) {
            request.headers_mut().remove(header::RANGE);
        }
        let response = service::answer(self.dir.clone(), request).await;
        match response.status() {
            StatusCode::NOT_FOUND => missing(),
            _ => response,
        }
    }

    async fn has_dir(&self, path: &str) -> bool {
        let meta = tokio::fs::metadata(self.root.join(path)).await;
        meta.is_ok_and(|meta| meta.is_dir())
    }

    fn cache(&self, response: &mut Response, value: Option<HeaderValue>) {
        if response.is_rejection() {
            return;
        }
        // What a file is says its name; a browser must not guess otherwise.
        response.set_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if let Some(value) = value {
            response.headers_mut().insert(header::CACHE_CONTROL, value);
        }
    }
}

fn missing() -> Response {
    Rejection::new(StatusCode::NOT_FOUND, "there is no such file").into_response()
}

/// Returns whether the path as it came has a slash that splits nothing.
fn has_escaped_slash(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let mut windows = bytes.windows(3);
    windows.any(|three| {
        three.eq_ignore_ascii_case(b"%2f") || three.eq_ignore_ascii_case(b"%5c") || three == b"%00"
    })
}

/// Returns whether the decoded path stays in the directory, among what is to be seen there.
fn is_inside(path: &str) -> bool {
    let pieces = path.strip_suffix('/').unwrap_or(path).split('/');
    let is_plain = |piece: &str| {
        let hidden = piece.starts_with('.') && piece != ".well-known";
        // A colon is a drive or a stream on Windows.
        !piece.is_empty() && !hidden && !piece.contains(['\\', '\0', ':'])
    };
    path.is_empty() || pieces.into_iter().all(is_plain)
}

/// Returns whether a browser wants to show what comes.
fn wants_page(cx: &Context<'_>) -> bool {
    let is_read = matches!(*cx.method(), Method::GET | Method::HEAD);
    is_read
        && cx
            .header("accept")
            .is_some_and(|accept| accept.contains("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_reached() {
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
            ("c:/a", false),
            ("a\0", false),
            ("a..b", true),
            ("..a", false),
        ] {
            assert_eq!(is_inside(path), expected, "{path:?}");
        }
    }
}
