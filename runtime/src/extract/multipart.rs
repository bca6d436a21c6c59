//! Forms with files, `multipart/form-data` (RFC 7578), implemented with the `multer` crate.
//!
//! multer splits the body into parts. The names in the head of a part are parsed here: see `disposition`.

use std::{fmt, io, path::Path};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use tokio::{fs, io::AsyncWriteExt};

use crate::{
    body::{BodyStream, ReadError},
    extract::{Answers, ExtractAsync, Facts, Input, Inputs, TYPED_BODY, TYPED_BODY_ANSWERS},
    header_value::{Parameters, lines},
    request::Context,
    response::{Rejection, file_name},
};

mod disposition;

use disposition::content_disposition;

/// An extractor for a form with files, whose parts are read one after the other as they arrive.
///
/// The form is not stored in memory. The body limit (`body_limit = ..` on the route) bounds its size, it has at most a
/// thousand parts, and the methods of [`Field`] bound the parts that are read into memory.
///
/// Another content type is rejected with 415, a form or a part over its limit with 413, and a malformed or incomplete
/// form with 400. Each part must have a `Content-Disposition: form-data` with a name.
///
/// # Examples
/// ```
/// use highball::{multipart::Multipart, prelude::*};
///
/// #[post("/upload", body_limit = 100 << 20)]
/// async fn upload(mut form: Multipart) -> Result<String, Rejection> {
///     let mut names = Vec::new();
///     while let Some(mut field) = form.next().await? {
///         match field.file_name() {
///             Some(name) => {
///                 names.push(name.to_owned());
///                 while let Some(_chunk) = field.chunk().await? {} // or `field.save(path)`
///             }
///             None => names.push(field.text().await?),
///         }
///     }
///     Ok(names.join(", "))
/// }
/// # #[routes(app)] struct Api(upload);
/// ```
pub struct Multipart {
    parts: multer::Multipart<'static>,
    /// The number of parts so far.
    count: usize,
}

/// The maximum number of parts of a form.
const MAX_PARTS: usize = 1000;

/// The default limit of a part that is read into memory, in bytes.
const MAX_PART_LEN: u64 = 1024 * 1024;

impl Multipart {
    /// Waits for the next part. Returns `None` at the end of the form.
    ///
    /// Unread data of the previous part is skipped.
    ///
    /// # Errors
    /// Returns a 400 if the form is malformed or incomplete, and a 413 if the body is over its limit.
    ///
    /// # Cancel safety
    /// No part is lost if the future is dropped.
    pub async fn next(&mut self) -> Result<Option<Field>, Rejection> {
        let part = self.parts.next_field().await.map_err(to_rejection)?;
        let Some(part) = part else { return Ok(None) };
        self.count += 1;
        if self.count > MAX_PARTS {
            let detail = format!("the form has more than {MAX_PARTS} parts");
            return Err(Rejection::new(StatusCode::BAD_REQUEST, detail));
        }
        let names = content_disposition(part.headers()).map_err(|fault| self.bad_part(fault))?;
        Ok(Some(Field {
            part,
            name: names.name,
            file_name: names.file_name.as_deref().map(file_name),
        }))
    }

    fn bad_part(&self, fault: &str) -> Rejection {
        let detail = format!("part {} of the form cannot be read: {fault}", self.count);
        Rejection::new(StatusCode::BAD_REQUEST, detail)
    }
}

impl ExtractAsync for Multipart {
    type State = ();
    const BODY: bool = true;
    const FACTS: Facts = TYPED_BODY;
    const INPUTS: Inputs = Inputs::raw_body("multipart/form-data");
    const ANSWERS: Answers = TYPED_BODY_ANSWERS;

    async fn extract(cx: &mut Context<'_>, input: Input<'_>) -> Result<Self, Rejection> {
        let boundary = boundary(cx.headers()).ok_or_else(|| {
            let detail =
                "the body must be a form with `Content-Type: multipart/form-data` and a boundary";
            Rejection::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
        })?;
        let body = <BodyStream as ExtractAsync>::extract(cx, input).await?;
        let parts = multer::Multipart::new(body, boundary);
        Ok(Self { parts, count: 0 })
    }
}

/// Returns the boundary of a form: 1 to 70 visible characters and spaces (RFC 2046 §5.1.1).
fn boundary(headers: &HeaderMap) -> Option<String> {
    let mut lines = lines(headers, header::CONTENT_TYPE);
    let (value, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    let (kind, parameters) = Parameters::parse(value);
    if !kind.eq_ignore_ascii_case(b"multipart/form-data") {
        return None;
    }
    let boundary = parameters.get("boundary")?.into_owned();
    let is_plain = |octet: &u8| matches!(octet, b' '..=b'~');
    let is_boundary = (1..=70).contains(&boundary.len()) && boundary.iter().all(is_plain);
    String::from_utf8(boundary).ok().filter(|_| is_boundary)
}

/// One part of a form: a text field or a file.
///
/// # Examples
/// ```
/// use highball::{multipart::{Field, Multipart}, prelude::*, testing::TestMultipart};
///
/// async fn describe(field: Field) -> Result<String, Rejection> {
///     let name = field.name().to_owned();
///     match field.file_name().map(str::to_owned) {
///         Some(file) => Ok(format!("{name}: {file}, {} bytes", field.bytes().await?.len())),
///         None => Ok(format!("{name}: {}", field.text().await?)),
///     }
/// }
///
/// #[post("/upload")]
/// async fn upload(mut form: Multipart) -> Result<String, Rejection> {
///     let mut lines = Vec::new();
///     while let Some(field) = form.next().await? {
///         lines.push(describe(field).await?);
///     }
///     Ok(lines.join("\n"))
/// }
///
/// #[routes(app)]
/// struct Api(upload);
///
/// # highball::block_on(async {
/// let form = TestMultipart::new().text("title", "A cat").file("cat", "cat.png", "image/png", "meow");
/// let response = Api.test().post("/upload").multipart(form).send().await;
/// assert_eq!(response.text(), "title: A cat\ncat: cat.png, 4 bytes");
/// # });
/// ```
pub struct Field {
    part: multer::Field<'static>,
    name: String,
    file_name: Option<String>,
}

impl Field {
    /// Returns the name of the field.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the file name, or `None` if the part is not a file.
    ///
    /// Directories and control characters are removed from the name. It is empty if the user selected no file in the
    /// browser. `filename*` has precedence over `filename`, as in a response (RFC 6266 §4.3).
    ///
    /// The client chooses this name. Display it, but choose the path of the stored file yourself.
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// Returns the content type that the client has sent, unchecked.
    pub fn content_type(&self) -> Option<&str> {
        self.part.headers().get(header::CONTENT_TYPE)?.to_str().ok()
    }

    /// Waits for the next chunk of the part. Returns `None` at its end.
    ///
    /// # Errors
    /// Returns a 400 if the form is malformed or incomplete, and a 413 if the body is over its limit.
    ///
    /// # Cancel safety
    /// No data is lost if the future is dropped.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Rejection> {
        self.part.chunk().await.map_err(to_rejection)
    }

    /// Reads the part into memory, up to 1 MiB.
    ///
    /// # Errors
    /// Returns a 413 if the part is larger, and otherwise the errors of [`chunk`](Self::chunk).
    pub async fn bytes(self) -> Result<Vec<u8>, Rejection> {
        self.bytes_up_to(MAX_PART_LEN).await
    }

    /// Reads the part into memory, up to this many bytes.
    ///
    /// # Errors
    /// Returns a 413 if the part is larger, and otherwise the errors of [`chunk`](Self::chunk).
    pub async fn bytes_up_to(mut self, limit: u64) -> Result<Vec<u8>, Rejection> {
        let mut all = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if (all.len() + chunk.len()) as u64 > limit {
                return Err(self.too_large(limit));
            }
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }

    /// Reads the part as text, up to 1 MiB.
    ///
    /// # Errors
    /// Returns a 400 if the part is not UTF-8, and otherwise the errors of [`bytes`](Self::bytes).
    pub async fn text(self) -> Result<String, Rejection> {
        let name = self.name().to_owned();
        String::from_utf8(self.bytes().await?).map_err(|_| {
            let detail = format!("the part `{name}` is not UTF-8");
            Rejection::new(StatusCode::BAD_REQUEST, detail)
        })
    }

    /// Writes the part to a new file, up to this many bytes, and returns its length. On an error the file is removed.
    ///
    /// # Errors
    /// Returns a 413 if the part is larger, a 500 if the file exists or cannot be written, and otherwise the errors of
    /// [`chunk`](Self::chunk).
    ///
    /// # Cancel safety
    /// If the future is dropped, the partly written file remains.
    pub async fn save(mut self, path: impl AsRef<Path>, limit: u64) -> Result<u64, Rejection> {
        let path = path.as_ref();
        let file = fs::File::create_new(path).await.map_err(io_error)?;
        let written = self.write_to(file, limit).await;
        if written.is_err() {
            // An error of the removal is ignored: the error of the write is already reported.
            let _ = fs::remove_file(path).await;
        }
        written
    }

    async fn write_to(&mut self, mut file: fs::File, limit: u64) -> Result<u64, Rejection> {
        let mut len = 0;
        while let Some(chunk) = self.chunk().await? {
            len += chunk.len() as u64;
            if len > limit {
                return Err(self.too_large(limit));
            }
            file.write_all(&chunk).await.map_err(io_error)?;
        }
        file.flush().await.map_err(io_error)?;
        Ok(len)
    }

    fn too_large(&self, limit: u64) -> Rejection {
        let detail = format!("the part `{}` is larger than {limit} bytes", self.name());
        Rejection::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }
}

fn io_error(error: io::Error) -> Rejection {
    Rejection::internal().with_source(error)
}

/// Converts an error of multer. Its message goes to the log, and the client sees a message of the framework.
fn to_rejection(error: multer::Error) -> Rejection {
    use multer::Error;
    let fault = match error {
        Error::StreamReadFailed(cause) => match cause.downcast::<ReadError>() {
            Ok(error) => return (*error).into(),
            Err(cause) => return ReadError::Client(cause).into(),
        },
        Error::IncompleteFieldData { .. } | Error::IncompleteHeaders | Error::IncompleteStream => {
            "it ends too early, or has a boundary of another form"
        }
        Error::ReadHeaderFailed(_)
        | Error::DecodeHeaderName { .. }
        | Error::DecodeHeaderValue { .. } => "the head of a part is malformed",
        _ => "it is malformed",
    };
    let detail = format!("the form cannot be read: {fault}");
    Rejection::new(StatusCode::BAD_REQUEST, detail).with_source(error)
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
