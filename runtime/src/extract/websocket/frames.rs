//! A rule of WebSocket framing that `tungstenite` does not check: the length of a frame must be in its shortest
//! form (RFC 6455 §5.2).

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that checks the lengths of the frames that are read from it, without copying them.
///
/// A read fails with [`Overlong`] if a frame violates the rule, and none of its bytes is returned.
pub(crate) struct Checked<T> {
    stream: T,
    frames: FrameReader,
    /// Whether a frame has violated the rule. The rest of the stream is then not checked.
    is_broken: bool,
}

impl<T> Checked<T> {
    pub(crate) fn new(stream: T) -> Self {
        Self {
            stream,
            frames: FrameReader::default(),
            is_broken: false,
        }
    }
}

/// A length that is not in its shortest form.
#[derive(Debug)]
pub(crate) struct Overlong;

impl fmt::Display for Overlong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the length of a frame is not in its shortest form")
    }
}

impl std::error::Error for Overlong {}

/// The position in the frames: in a head, or in the mask and the payload that follow it.
#[derive(Debug, Default)]
struct FrameReader {
    /// The bytes of the current head that have arrived, without the mask.
    head: [u8; 10],
    head_len: usize,
    /// The number of bytes of the mask and the payload that are still to come.
    skip: u64,
}

impl FrameReader {
    /// Reads more bytes. Returns false if a length is not in its shortest form.
    fn check(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if self.skip > 0 {
                let len =
                    usize::try_from(self.skip).map_or(bytes.len(), |skip| skip.min(bytes.len()));
                self.skip -= len as u64;
                bytes = &bytes[len..];
                continue;
            }
            self.head[self.head_len] = bytes[0];
            self.head_len += 1;
            bytes = &bytes[1..];
            if !self.is_head_complete() {
                continue;
            }
            let Some(len) = self.payload_len() else {
                return false;
            };
            let mask = if self.head[1] & 0x80 == 0 { 0 } else { 4 };
            self.skip = len + mask;
            self.head_len = 0;
        }
        true
    }

    fn is_head_complete(&self) -> bool {
        let len = match self.head[1] & 0x7f {
            _ if self.head_len < 2 => return false,
            126 => 4,
            127 => 10,
            _ => 2,
        };
        self.head_len == len
    }

    /// Returns the length of the payload, or `None` if it is not in its shortest form.
    fn payload_len(&self) -> Option<u64> {
        let [_, short, long @ ..] = self.head;
        match short & 0x7f {
            126 => {
                let len = u16::from_be_bytes([long[0], long[1]]);
                (len >= 126).then_some(len.into())
            }
            127 => {
                let len = u64::from_be_bytes(long);
                (len > u16::MAX.into() && len >> 63 == 0).then_some(len)
            }
            len => Some(len.into()),
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Checked<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = into.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(task, into))?;
        if this.is_broken || into.filled().len() == before {
            return Poll::Ready(Ok(()));
        }
        if this.frames.check(&into.filled()[before..]) {
            return Poll::Ready(Ok(()));
        }
        this.is_broken = true;
        // tungstenite must not see the frame: it would accept it.
        into.set_filled(before);
        Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, Overlong)))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Checked<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(task, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(task, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_that_is_not_in_its_shortest_form_is_rejected() {
        let long = |len: u64| [&[0x82, 0xff][..], &len.to_be_bytes()].concat();
        let short = |len: u16| [&[0x82, 0xfe][..], &len.to_be_bytes()].concat();
        for (head, expected) in [
            (vec![0x81, 0x80], true),
            (vec![0x81, 0x80 | 125], true),
            (short(125), false),
            (short(0), false),
            (short(126), true),
            (short(u16::MAX), true),
            (long(125), false),
            (long(65535), false),
            (long(65536), true),
            (long(1 << 63), false),
            (long(u64::MAX), false),
        ] {
            assert_eq!(FrameReader::default().check(&head), expected, "{head:?}");
            // With a frame before it, in one read or byte by byte.
            let whole = [&[0x81, 0x82, 0, 0, 0, 0, 0xfe, 0][..], &head].concat();
            assert_eq!(FrameReader::default().check(&whole), expected, "{head:?}");
            let mut frames = FrameReader::default();
            let all = whole.iter().all(|byte| frames.check(&[*byte]));
            assert_eq!(all, expected, "{head:?}");
        }
    }
}
