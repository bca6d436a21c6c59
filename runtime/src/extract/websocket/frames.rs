//! What the framing of a WebSocket must keep and `tungstenite` does not look at: lengths in their shortest
//! form (RFC 6455 §5.2).

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream whose frames are followed as they are read; nothing is copied.
///
/// It ends in front of a frame that breaks the rule, with [`Overlong`].
pub(crate) struct Checked<T> {
    stream: T,
    frames: FrameReader,
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

/// Where the bytes that are read stand.
#[derive(Debug, Default)]
struct FrameReader {
    /// What has come of a head, without the mask.
    head: [u8; 10],
    have: usize,
    /// How many bytes of the mask and the payload are to come.
    skip: u64,
}

impl FrameReader {
    /// Follows bytes; false is a length that is not in its shortest form.
    fn follow(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if self.skip > 0 {
                let len =
                    usize::try_from(self.skip).map_or(bytes.len(), |skip| skip.min(bytes.len()));
                self.skip -= len as u64;
                bytes = &bytes[len..];
                continue;
            }
            self.head[self.have] = bytes[0];
            self.have += 1;
            bytes = &bytes[1..];
            if !self.is_whole() {
                continue;
            }
            let Some(len) = self.len() else {
                return false;
            };
            let mask = if self.head[1] & 0x80 == 0 { 0 } else { 4 };
            self.skip = len + mask;
            self.have = 0;
        }
        true
    }

    fn is_whole(&self) -> bool {
        let len = match self.head[1] & 0x7f {
            _ if self.have < 2 => return false,
            126 => 4,
            127 => 10,
            _ => 2,
        };
        self.have == len
    }

    /// Returns the length, if it is in its shortest form.
    fn len(&self) -> Option<u64> {
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
        if this.frames.follow(&into.filled()[before..]) {
            return Poll::Ready(Ok(()));
        }
        this.is_broken = true;
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
    fn lengths_are_in_their_shortest_form() {
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
            assert_eq!(FrameReader::default().follow(&head), expected, "{head:?}");
            // A frame before it, in one piece or byte by byte.
            let whole = [&[0x81, 0x82, 0, 0, 0, 0, 0xfe, 0][..], &head].concat();
            assert_eq!(FrameReader::default().follow(&whole), expected, "{head:?}");
            let mut frames = FrameReader::default();
            let all = whole.iter().all(|byte| frames.follow(&[*byte]));
            assert_eq!(all, expected, "{head:?}");
        }
    }
}
