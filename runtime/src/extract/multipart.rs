//! Forms with files, `multipart/form-data` (RFC 7578), by the `multer` crate.
//!
//! multer splits the body; what a part's head says is read here.

use std::{fmt, io, path::Path};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use tokio::{fs, io::AsyncWriteExt};

use crate::{
    body::{BodyStream, ReadError},
    extract::ExtractAsync,
    header_value::{Parameters, lines},
    request::Context,
    response::{Rejection, file_name},
};

mod disposition;

use disposition::disposition;

/// A form with files, read part by part as it comes: nothing is kept that the handler does not keep.
///
/// The whole is bounded by the body limit (`body_limit = ..` on the route), the parts by a thousand, and
/// what is read into memory by the limits of [`Field`]. It answers 415 for another content type, 413 for
/// what is too large, and 400 for what is not well formed or ends too early: each part must have a
/// `Content-Disposition: form-data` with a name.
///
/// # Examples
/// ```
/// use highball::{Multipart, prelude::*};
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
    count: usize,
}

/// The most parts of a form.
const MOST_PARTS: usize = 1000;

/// The most that is read of a part into memory, unless the handler says another limit.
const MOST_BYTES: u64 = 1024 * 1024;

impl Multipart {
    /// Waits for the next part; what was not read of the one before is skipped.
    ///
    /// # Errors
    /// Where the form is not well formed, too large, or ends too early.
    pub async fn next(&mut self) -> Result<Option<Field>, Rejection> {
        let part = self.parts.next_field().await.map_err(refuse)?;
        let Some(part) = part else { return Ok(None) };
        self.count += 1;
        if self.count > MOST_PARTS {
            let detail = format!("the form has more than {MOST_PARTS} parts");
            return Err(Rejection::new(StatusCode::BAD_REQUEST, detail));
        }
        let names = disposition(part.headers()).map_err(|fault| self.bad_part(fault))?;
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

    async fn extract(cx: &mut Context<'_>, (): &()) -> Result<Self, Rejection> {
        let boundary = boundary(cx.headers()).ok_or_else(|| {
            let detail =
                "the body must be a form with `Content-Type: multipart/form-data` and a boundary";
            Rejection::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
        })?;
        let body = <BodyStream as ExtractAsync>::extract(cx, &()).await?;
        let parts = multer::Multipart::new(body, boundary);
        Ok(Self { parts, count: 0 })
    }
}

/// Returns the boundary of a form: up to 70 visible characters and spaces (RFC 2046 §5.1.1).
fn boundary(headers: &HeaderMap) -> Option<String> {
    let mut lines = lines(headers, header::CONTENT_TYPE);
    let (value, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    let (kind, parameters) = Parameters::of(value);
    if !kind.eq_ignore_ascii_case(b"multipart/form-data") {
        return None;
    }
    let boundary = parameters.get("boundary")?.into_owned();
    let is_plain = |octet: &u8| matches!(octet, b' '..=b'~');
    let is_boundary = (1..=70).contains(&boundary.len()) && boundary.iter().all(is_plain);
    String::from_utf8(boundary).ok().filter(|_| is_boundary)
}

/// One part of a form.
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

    /// Returns the name of the file, if the part is one: the last part of what the client says, without
    /// control characters. It is empty where a browser's field for a file was left empty.
    ///
    /// It is a client's word: show it, but choose the path where the file is kept yourself. Of
    /// `filename*` and `filename` the first counts, as in a response (RFC 6266 §4.3).
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// Returns the content type that the client says.
    pub fn content_type(&self) -> Option<&str> {
        self.part.headers().get(header::CONTENT_TYPE)?.to_str().ok()
    }

    /// Waits for the next piece; `None` is the end of the part.
    ///
    /// # Errors
    /// Where the form is not well formed, too large, or ends too early.
    ///
    /// # Cancel safety
    /// Nothing is lost where the future is dropped.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Rejection> {
        self.part.chunk().await.map_err(refuse)
    }

    /// Reads the part into memory, up to a mebibyte.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk), and where the part is larger.
    pub async fn bytes(self) -> Result<Vec<u8>, Rejection> {
        self.bytes_up_to(MOST_BYTES).await
    }

    /// Reads the part into memory, up to so many bytes.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk), and where the part is larger.
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

    /// Reads the part as text, up to a mebibyte.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes), and where it is not UTF-8.
    pub async fn text(self) -> Result<String, Rejection> {
        let name = self.name().to_owned();
        String::from_utf8(self.bytes().await?).map_err(|_| {
            let detail = format!("the part `{name}` is not UTF-8");
            Rejection::new(StatusCode::BAD_REQUEST, detail)
        })
    }

    /// Writes the part into a new file, up to so many bytes, and returns how many there were; nothing of
    /// it stays where that fails.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk); 413 where the part is larger; 500 where the file cannot be written or
    /// is there already.
    ///
    /// # Cancel safety
    /// Where the future is dropped, what was written stays.
    pub async fn save(mut self, path: impl AsRef<Path>, limit: u64) -> Result<u64, Rejection> {
        let path = path.as_ref();
        let file = fs::File::create_new(path).await.map_err(broken)?;
        let written = self.write(file, limit).await;
        if written.is_err() {
            // What cannot be removed either has been reported once.
            let _ = fs::remove_file(path).await;
        }
        written
    }

    async fn write(&mut self, mut file: fs::File, limit: u64) -> Result<u64, Rejection> {
        let mut len = 0;
        while let Some(chunk) = self.chunk().await? {
            len += chunk.len() as u64;
            if len > limit {
                return Err(self.too_large(limit));
            }
            file.write_all(&chunk).await.map_err(broken)?;
        }
        file.flush().await.map_err(broken)?;
        Ok(len)
    }

    fn too_large(&self, limit: u64) -> Rejection {
        let detail = format!("the part `{}` is larger than {limit} bytes", self.name());
        Rejection::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }
}

fn broken(error: io::Error) -> Rejection {
    Rejection::internal().with_source(error)
}

/// multer's own words are for the log.
fn refuse(error: multer::Error) -> Rejection {
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
