//! A `multipart/form-data` form that a test sends.

use bytes::Bytes;

/// A `multipart/form-data` form, for [`TestRequest::multipart`](super::TestRequest::multipart).
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::TestMultipart};
///
/// #[post("/echo")]
/// async fn echo(body: String) -> String {
///     body
/// }
///
/// #[routes(app)]
/// struct Api(echo);
///
/// # highball::block_on(async {
/// let form = TestMultipart::new()
///     .text("title", "A cat")
///     .file("picture", "cat.png", "image/png", &b"a picture"[..]);
/// let response = Api.test().post("/echo").multipart(form).send().await;
/// assert!(response.text().contains("form-data; name=\"picture\"; filename=\"cat.png\""));
/// # });
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a request takes it by `multipart`"]
pub struct TestMultipart {
    parts: Vec<(String, Bytes)>,
}

impl TestMultipart {
    /// Creates a form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text field.
    pub fn text(self, name: &str, value: impl Into<String>) -> Self {
        let head = format!("Content-Disposition: form-data; name=\"{}\"", escaped(name));
        self.part(head, value.into().into())
    }

    /// Adds a file with the name of its field, its file name, its content type and its bytes.
    ///
    /// # Panics
    /// Panics if the content type contains a line break.
    pub fn file(self, name: &str, file: &str, mime: &str, bytes: impl Into<Bytes>) -> Self {
        assert!(
            !mime.contains(['\r', '\n']),
            "the content type {mime:?} contains a line break"
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

    /// Returns a boundary that no part contains, and the encoded body.
    pub(crate) fn encode(self) -> (String, Vec<u8>) {
        let boundary = (0u64..)
            .map(|n| format!("highball-boundary-{n}"))
            .find(|boundary| !self.contains(boundary))
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

    fn contains(&self, boundary: &str) -> bool {
        self.parts
            .iter()
            .any(|(_, bytes)| memchr::memmem::find(bytes, boundary.as_bytes()).is_some())
    }
}

/// Escapes a name as browsers do (the HTML standard, "multipart/form-data encoding algorithm").
fn escaped(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
