//! A piece of a body on its way to the socket.

use bytes::{Buf, Bytes};

use crate::pool::Buffer;

/// A piece of a [`Body`]; its buffer goes back to the pool when it has been sent.
#[derive(Debug)]
pub(crate) struct Chunk(Piece);

#[derive(Debug)]
enum Piece {
    Static(&'static [u8]),
    Pooled { buffer: Buffer, sent: usize },
    Bytes(Bytes),
}

impl From<&'static [u8]> for Chunk {
    fn from(bytes: &'static [u8]) -> Self {
        Self(Piece::Static(bytes))
    }
}

impl From<Bytes> for Chunk {
    fn from(bytes: Bytes) -> Self {
        Self(Piece::Bytes(bytes))
    }
}

impl From<Buffer> for Chunk {
    fn from(buffer: Buffer) -> Self {
        Self(Piece::Pooled { buffer, sent: 0 })
    }
}

impl From<Chunk> for Bytes {
    /// Costs an allocation where the buffer is pooled: the server's own path does not come here.
    fn from(chunk: Chunk) -> Self {
        match chunk.0 {
            Piece::Static(bytes) => Self::from_static(bytes),
            Piece::Pooled { buffer, sent } => Self::from_owner(buffer).slice(sent..),
            Piece::Bytes(bytes) => bytes,
        }
    }
}

impl Buf for Chunk {
    fn remaining(&self) -> usize {
        self.chunk().len()
    }

    fn chunk(&self) -> &[u8] {
        match &self.0 {
            Piece::Static(bytes) => bytes,
            Piece::Pooled { buffer, sent } => buffer.get(*sent..).unwrap_or_default(),
            Piece::Bytes(bytes) => bytes,
        }
    }

    fn advance(&mut self, count: usize) {
        let left = self.remaining();
        assert!(count <= left, "advanced {count} bytes of {left}");
        match &mut self.0 {
            Piece::Static(bytes) => bytes.advance(count),
            Piece::Pooled { sent, .. } => *sent += count,
            Piece::Bytes(bytes) => bytes.advance(count),
        }
    }

    fn copy_to_bytes(&mut self, count: usize) -> Bytes {
        match &mut self.0 {
            Piece::Static(bytes) => Bytes::from_static(
                bytes
                    .split_off(..count)
                    .expect("no more bytes are taken than there are"),
            ),
            Piece::Pooled { buffer, sent } => {
                let taken = Bytes::copy_from_slice(&buffer[*sent..*sent + count]);
                *sent += count;
                taken
            }
            Piece::Bytes(bytes) => bytes.copy_to_bytes(count),
        }
    }
}
