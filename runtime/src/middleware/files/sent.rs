//! A file as the body of a response.

use std::{
    fs::File,
    io::{self, Read},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::body::{Body, BoxError};

/// The size of a chunk.
const CHUNK_SIZE: u64 = 64 * 1024;

/// A body that reads its file in chunks, each on a blocking thread.
///
/// It declares the length that the file had when it was opened. If the file becomes shorter, the body fails and the
/// connection is closed. Otherwise the client would take the next response for the rest of the file.
struct FileBody {
    state: State,
    /// The number of bytes that are left.
    left: u64,
}

enum State {
    /// The first chunk, which is read when the file is opened.
    Begun(Bytes, File),
    Idle(File),
    Reading(JoinHandle<io::Result<(Bytes, File)>>),
    Ended,
}

/// Returns a body of the next `len` bytes of a file. It reads the first chunk at once, which blocks.
pub(crate) fn begin(file: File, len: u64) -> io::Result<Body> {
    let (bytes, file) = read(file, len)?;
    if bytes.len() as u64 == len {
        return Ok(Body::from(bytes));
    }
    let state = State::Begun(bytes, file);
    Ok(Body::new(FileBody { state, left: len }))
}

/// Returns a body of the next `len` bytes of a file, without reading any of them.
pub(crate) fn unread(file: File, len: u64) -> Body {
    let state = State::Idle(file);
    Body::new(FileBody { state, left: len })
}

/// Reads the next chunk. It is an error if the file ends before `left` bytes.
fn read(file: File, left: u64) -> io::Result<(Bytes, File)> {
    let most = left.min(CHUNK_SIZE);
    let mut bytes = Vec::with_capacity(usize::try_from(most).unwrap_or_default());
    let mut piece = file.take(most);
    piece.read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < most {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the file has become shorter while it was sent",
        ));
    }
    Ok((bytes.into(), piece.into_inner()))
}

impl FileBody {
    fn poll_chunk(&mut self, task: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Begun(bytes, file) => {
                    self.state = State::Idle(file);
                    return Poll::Ready(Ok(bytes));
                }
                State::Idle(file) => {
                    let left = self.left;
                    self.state = State::Reading(spawn_blocking(move || read(file, left)));
                }
                State::Reading(mut reading) => match Pin::new(&mut reading).poll(task) {
                    Poll::Pending => {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    }
                    Poll::Ready(read) => {
                        let (bytes, file) = read.map_err(io::Error::other)??;
                        self.state = State::Idle(file);
                        return Poll::Ready(Ok(bytes));
                    }
                },
                State::Ended => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            }
        }
    }
}

impl http_body::Body for FileBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let bytes = match ready!(self.poll_chunk(task)) {
            Ok(bytes) => bytes,
            Err(error) => return Poll::Ready(Some(Err(error.into()))),
        };
        self.left -= bytes.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
