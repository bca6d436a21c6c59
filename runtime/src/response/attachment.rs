//! A response that a browser saves as a file.

use http::{HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{IntoResponse, Response};
use crate::routes::{Answers, Facts};

/// A response that a browser saves as a file with this name, by `Content-Disposition` (RFC 6266).
///
/// The name need not be trusted: only the last part of a path is kept, and special characters are escaped. The
/// content type is that of the inner response. An inner response that is not a success stays as it is, so that a
/// browser shows an error instead of saving it.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::Attachment};
///
/// #[get("/report")]
/// async fn report() -> Attachment<&'static str> {
///     Attachment::new("Übersicht 7.csv", "a,b\n1,2\n")
/// }
///
/// #[routes(app)]
/// struct Api(report);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/report").send().await;
/// assert_eq!(
///     response.header(header::CONTENT_DISPOSITION),
///     "attachment; filename=\"_bersicht 7.csv\"; filename*=UTF-8''%C3%9Cbersicht%207.csv"
/// );
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment<T> {
    name: String,
    response: T,
}

/// The characters that are not an `attr-char` (RFC 8187 §3.2.1).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

impl<T> Attachment<T> {
    /// Returns an attachment with this name.
    pub fn new(name: impl Into<String>, response: T) -> Self {
        let name = name.into();
        Self { name, response }
    }
}

/// Returns the last part of a name that may be a path, without control characters.
pub(crate) fn file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    name.trim_matches([' ', '.']).to_owned()
}

/// Returns the value of `Content-Disposition`.
fn disposition(name: &str) -> String {
    let name = match file_name(name) {
        name if name.is_empty() => "download".to_owned(),
        name => name,
    };
    let plain = |c: char| match c {
        '"' | '%' => '_',
        c if c.is_ascii() => c,
        _ => '_',
    };
    let ascii: String = name.chars().map(plain).collect();
    if ascii == name {
        return format!("attachment; filename=\"{ascii}\"");
    }
    let escaped = utf8_percent_encode(&name, ESCAPED);
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{escaped}")
}

impl<T: IntoResponse> IntoResponse for Attachment<T> {
    const FACTS: Facts = T::FACTS;
    const ANSWERS: Answers = Answers::with_headers(&["content-disposition"], &T::ANSWERS);

    fn into_response(self) -> Response {
        let mut response = self.response.into_response();
        if !response.status().is_success() {
            return response;
        }
        if let Ok(value) = HeaderValue::try_from(disposition(&self.name)) {
            response
                .headers_mut()
                .insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_cannot_add_a_path_or_a_header() {
        for (name, expected) in [
            ("report.csv", "attachment; filename=\"report.csv\""),
            ("../../etc/passwd", "attachment; filename=\"passwd\""),
            ("C:\\temp\\a.txt", "attachment; filename=\"a.txt\""),
            (
                "a\r\nset-cookie: b",
                "attachment; filename=\"aset-cookie: b\"",
            ),
            ("...", "attachment; filename=\"download\""),
            ("", "attachment; filename=\"download\""),
            (
                "a\"b%.txt",
                "attachment; filename=\"a_b_.txt\"; filename*=UTF-8''a%22b%25.txt",
            ),
            ("π", "attachment; filename=\"_\"; filename*=UTF-8''%CF%80"),
        ] {
            assert_eq!(disposition(name), expected, "{name}");
        }
    }
}
