//! A form with files that a test sends.

use bytes::Bytes;

/// A form of `multipart/form-data`, for [`TestRequest::multipart`](super::TestRequest::multipart).
///
/// # Examples
/// ```
/// use highball::{TestMultipart, prelude::*};
///
/// #[post("/told")]
/// async fn told(body: String) -> String {
///     body
/// }
///
/// #[routes(app)]
/// struct Api(told);
///
/// # highball::block_on(async {
/// let form = TestMultipart::new()
///     .text("title", "A cat")
///     .file("picture", "cat.png", "image/png", &b"a picture"[..]);
/// let answer = Api.test().post("/told").multipart(form).send().await;
/// assert!(answer.text().contains("form-data; name=\"picture\"; filename=\"cat.png\""));
/// # });
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a request takes it by `multipart`"]
pub struct TestMultipart {
    parts: Vec<(String, Bytes)>,
}

impl TestMultipart {
    /// Makes a form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field of text.
    pub fn text(self, name: &str, value: impl Into<String>) -> Self {
        let head = format!("Content-Disposition: form-data; name=\"{}\"", escaped(name));
        self.part(head, value.into().into())
    }

    /// Adds a file: the field's name, the file's name, its content type and its bytes.
    ///
    /// # Panics
    /// Where the content type holds the end of a line.
    pub fn file(self, name: &str, file: &str, mime: &str, bytes: impl Into<Bytes>) -> Self {
        assert!(
            !mime.contains(['\r', '\n']),
            "the content type {mime:?} holds the end of a line"
        );
        let (name, file) = (escaped(name), escaped(file));
        let head = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {mime}"
        );
        self.part(head, bytes.into())
    }

    fn part(mut self, head: String, body: Bytes) -> Self {
        self.parts.push((head, body));
        self
    }

    /// Returns a boundary that no part holds, and the body.
    pub(crate) fn written(self) -> (String, Vec<u8>) {
        let boundary = (0u64..)
            .map(|n| format!("highball-boundary-{n}"))
            .find(|boundary| !self.holds(boundary))
            .unwrap_or_default();
        let mut body = Vec::new();
        for (head, bytes) in &self.parts {
            body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (boundary, body)
    }

    fn holds(&self, boundary: &str) -> bool {
        self.parts
            .iter()
            .any(|(_, bytes)| memchr::memmem::find(bytes, boundary.as_bytes()).is_some())
    }
}

/// Writes a name as browsers do.
fn escaped(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
