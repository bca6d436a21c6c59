//! Finds and opens a file. These functions block.

use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom},
    path::Path,
    time::SystemTime,
};

use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    coding::Coding,
    conditions::{Verdict, allows_range, check_preconditions},
    range::{RequestedRange, requested_range},
    validators::Validators,
};
use crate::{body::Body, middleware::files::sent, response::Rejection};

/// The part of a request on which the response depends.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) headers: HeaderMap,
    /// Whether it is a HEAD. Its response has no body, and a range does not apply (RFC 9110 §14.2).
    pub(crate) is_head: bool,
    /// The accepted content codings, the best first.
    pub(crate) codings: Vec<Coding>,
}

/// A file that was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) validators: Validators,
    pub(crate) coding: Coding,
    pub(crate) content: Content,
}

/// The content of a response with a file.
#[derive(Debug)]
pub(crate) enum Content {
    /// The file or a range of it: 200, or 206 if there is a value for `Content-Range`.
    Sent(Body, Option<HeaderValue>),
    /// The client has the file: 304.
    NotModified,
}

/// Finds the file of this path, and the content to send.
pub(crate) fn find(path: &Path, request: &Request) -> Result<Found, Rejection> {
    let (file, coding) = open_best(path, &request.codings).map_err(rejection)?;
    let meta = file.metadata().map_err(rejection)?;
    let len = meta.len();
    let validators = match meta.modified() {
        Ok(modified) => Validators::new(len, modified, coding, SystemTime::now()),
        Err(_) => Validators::default(),
    };
    let content = match check_preconditions(&request.headers, &validators) {
        Verdict::Failed => return Err(precondition_failed()),
        Verdict::NotModified => Content::NotModified,
        Verdict::Proceed if request.is_head => Content::Sent(sent::unread(file, len), None),
        Verdict::Proceed => {
            let range = match allows_range(&request.headers, &validators) {
                true => requested_range(&request.headers, len),
                false => RequestedRange::Whole,
            };
            content(file, len, range)?
        }
    };
    Ok(Found {
        validators,
        coding,
        content,
    })
}

fn content(mut file: File, len: u64, range: RequestedRange) -> Result<Content, Rejection> {
    let (first, last) = match range {
        RequestedRange::Nothing => return Err(range_not_satisfiable(len)),
        RequestedRange::Whole => {
            let body = sent::begin(file, len).map_err(rejection)?;
            return Ok(Content::Sent(body, None));
        }
        RequestedRange::Part { first, last } => (first, last),
    };
    file.seek(SeekFrom::Start(first)).map_err(rejection)?;
    let body = sent::begin(file, last - first + 1).map_err(rejection)?;
    let range = HeaderValue::try_from(format!("bytes {first}-{last}/{len}")).ok();
    Ok(Content::Sent(body, range))
}

/// Opens the file in the first of these codings in which it exists.
fn open_best(path: &Path, codings: &[Coding]) -> io::Result<(File, Coding)> {
    let mut missing = io::ErrorKind::NotFound.into();
    for &coding in codings {
        let mut name = path.as_os_str().to_owned();
        name.push(coding.extension());
        match open(Path::new(&name)) {
            Ok(file) => return Ok((file, coding)),
            Err(error) if is_missing(&error) => missing = error,
            Err(error) => return Err(error),
        }
    }
    Err(missing)
}

/// Opens a regular file. A directory has no content, and a pipe would block until it is written to.
fn open(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    File::open(path)
}

/// Returns whether there is a directory of this path with an index.
pub(crate) fn has_index(path: &Path) -> bool {
    fs::metadata(path.join("index.html")).is_ok_and(|meta| meta.is_file())
}

/// The error of too many symbolic links in a path. The standard library has no stable name for it.
const ELOOP: i32 = if cfg!(any(target_os = "linux", target_os = "android")) {
    40
} else {
    62
};

/// The errors of too many open files in the process and in the system.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

/// Returns whether the error means that there is no file to serve.
///
/// An unreadable file counts as missing, because a 403 would reveal which names exist.
fn is_missing(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotFound
        | Kind::NotADirectory
        | Kind::IsADirectory
        | Kind::InvalidFilename
        | Kind::InvalidInput
        | Kind::PermissionDenied => true,
        _ => cfg!(unix) && error.raw_os_error() == Some(ELOOP),
    }
}

/// Returns the rejection for an error of the file system.
fn rejection(error: io::Error) -> Rejection {
    if is_missing(&error) {
        return missing();
    }
    let is_busy = match error.raw_os_error() {
        Some(EMFILE | ENFILE) => cfg!(unix),
        _ => error.kind() == io::ErrorKind::OutOfMemory,
    };
    if is_busy {
        let detail = "the server has too many files open; try again later";
        let rejection = Rejection::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        let retry = (header::RETRY_AFTER, HeaderValue::from_static("1"));
        return rejection.with_header(retry.0, retry.1).with_source(error);
    }
    Rejection::internal().with_source(error)
}

/// Returns the 404 for a file that does not exist.
pub(crate) fn missing() -> Rejection {
    Rejection::new(StatusCode::NOT_FOUND, "there is no such file")
}

fn precondition_failed() -> Rejection {
    let detail = "the file does not have the version that the request requires";
    Rejection::new(StatusCode::PRECONDITION_FAILED, detail)
}

fn range_not_satisfiable(len: u64) -> Rejection {
    let detail = format!("the file has {len} bytes, and none of them is in the range");
    Rejection::new(StatusCode::RANGE_NOT_SATISFIABLE, detail)
        .with_header(header::CONTENT_RANGE, format!("bytes */{len}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_of_the_file_system_has_a_status() {
        use io::ErrorKind as Kind;
        let os = io::Error::from_raw_os_error;
        for (error, status) in [
            (Kind::NotFound.into(), 404),
            (Kind::PermissionDenied.into(), 404),
            (Kind::NotADirectory.into(), 404),
            (Kind::IsADirectory.into(), 404),
            (Kind::InvalidFilename.into(), 404),
            (Kind::InvalidInput.into(), 404),
            (Kind::OutOfMemory.into(), 503),
            (Kind::UnexpectedEof.into(), 500),
            (Kind::TimedOut.into(), 500),
            (io::Error::other("a broken disk"), 500),
            #[cfg(unix)]
            (os(ELOOP), 404),
            #[cfg(unix)]
            (os(EMFILE), 503),
            #[cfg(unix)]
            (os(ENFILE), 503),
            #[cfg(unix)]
            (os(5), 500),
        ] {
            let text = error.to_string();
            let rejection = rejection(error);
            assert_eq!(rejection.status().as_u16(), status, "{text}");
            assert_eq!(rejection.cause().is_some(), status >= 500, "{text}");
            assert!(!rejection.detail().contains("disk"), "{text}");
        }
    }
}
