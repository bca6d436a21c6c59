//! Looking for a file and opening it. What is here blocks.

use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom},
    path::Path,
    time::SystemTime,
};

use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    coding::Coding,
    conditions::{Verdict, allows_part, verdict},
    range::{RequestedRange, asked},
    validators::Validators,
};
use crate::{body::Body, middleware::files::sent, response::Rejection};

/// What of a request decides about its answer.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) headers: HeaderMap,
    /// HEAD: the answer is that of a GET without its body, and a range is not for it (RFC 9110 §14.2).
    pub(crate) is_head: bool,
    /// The codings in which the file may be sent, the best first.
    pub(crate) codings: Vec<Coding>,
}

/// A file, as far as it is sent.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) validators: Validators,
    pub(crate) coding: Coding,
    pub(crate) content: Content,
}

/// What is sent of a file.
#[derive(Debug)]
pub(crate) enum Content {
    /// 200, or 206 where there is a value for `Content-Range`.
    Sent(Body, Option<HeaderValue>),
    /// 304.
    NotModified,
}

/// Finds the file of this path and what is to be sent of it.
pub(crate) fn find(path: &Path, request: &Request) -> Result<Found, Rejection> {
    let (file, coding) = open_best(path, &request.codings).map_err(refuse)?;
    let meta = file.metadata().map_err(refuse)?;
    let len = meta.len();
    let validators = match meta.modified() {
        Ok(modified) => Validators::new(len, modified, coding, SystemTime::now()),
        Err(_) => Validators::default(),
    };
    let content = match verdict(&request.headers, &validators) {
        Verdict::Failed => return Err(failed()),
        Verdict::NotModified => Content::NotModified,
        Verdict::Proceed if request.is_head => Content::Sent(sent::unread(file, len), None),
        Verdict::Proceed => {
            let asked = match allows_part(&request.headers, &validators) {
                true => asked(&request.headers, len),
                false => RequestedRange::Whole,
            };
            content(file, len, asked)?
        }
    };
    Ok(Found {
        validators,
        coding,
        content,
    })
}

fn content(mut file: File, len: u64, asked: RequestedRange) -> Result<Content, Rejection> {
    let (first, last) = match asked {
        RequestedRange::Nothing => return Err(outside(len)),
        RequestedRange::Whole => {
            let body = sent::begin(file, len).map_err(refuse)?;
            return Ok(Content::Sent(body, None));
        }
        RequestedRange::Part { first, last } => (first, last),
    };
    file.seek(SeekFrom::Start(first)).map_err(refuse)?;
    let body = sent::begin(file, last - first + 1).map_err(refuse)?;
    let range = HeaderValue::try_from(format!("bytes {first}-{last}/{len}")).ok();
    Ok(Content::Sent(body, range))
}

/// Opens the file in the first of these codings in which it is there.
fn open_best(path: &Path, codings: &[Coding]) -> io::Result<(File, Coding)> {
    let mut missing = io::ErrorKind::NotFound.into();
    for &coding in codings {
        let mut name = path.as_os_str().to_owned();
        name.push(coding.ending());
        match open(Path::new(&name)) {
            Ok(file) => return Ok((file, coding)),
            Err(error) if is_missing(&error) => missing = error,
            Err(error) => return Err(error),
        }
    }
    Err(missing)
}

/// Opens a regular file. A directory has no content, and a pipe would block until someone writes to it.
fn open(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    File::open(path)
}

/// Returns whether a directory of this path has an index, so that it can be asked for.
pub(crate) fn has_index(path: &Path) -> bool {
    fs::metadata(path.join("index.html")).is_ok_and(|meta| meta.is_file())
}

/// Too many links in a path. The standard library has no stable name for it.
const ELOOP: i32 = if cfg!(any(target_os = "linux", target_os = "android")) {
    40
} else {
    62
};

/// Too many files of the process, and of the system.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;

/// Returns whether the error says that there is no such file to be served.
///
/// A file that may not be read is among them: 403 would tell which names exist.
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

/// Returns what the client is told of an error of the file system.
fn refuse(error: io::Error) -> Rejection {
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

/// 404.
pub(crate) fn missing() -> Rejection {
    Rejection::new(StatusCode::NOT_FOUND, "there is no such file")
}

fn failed() -> Rejection {
    let detail = "the file is not of the version that the request is for";
    Rejection::new(StatusCode::PRECONDITION_FAILED, detail)
}

fn outside(len: u64) -> Rejection {
    let detail = format!("the file has {len} bytes, and none of them is in the range");
    let rejection = Rejection::new(StatusCode::RANGE_NOT_SATISFIABLE, detail);
    match HeaderValue::try_from(format!("bytes */{len}")) {
        Ok(value) => rejection.with_header(header::CONTENT_RANGE, value),
        Err(_) => rejection,
    }
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
            let rejection = refuse(error);
            assert_eq!(rejection.status().as_u16(), status, "{text}");
            assert_eq!(rejection.cause().is_some(), status >= 500, "{text}");
            assert!(!rejection.detail().contains("disk"), "{text}");
        }
    }
}
