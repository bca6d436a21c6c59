//! A chunk of a response's body, as it is written to the socket.

use bytes::{Buf, Bytes};

use crate::pool::Buffer;

/// A chunk of a [`Body`](super::Body). Its buffer returns to the pool when it is sent.
#[derive(Debug)]
pub(crate) struct Chunk(ChunkData);

#[derive(Debug)]
enum ChunkData {
    Static(&'static [u8]),
    Pooled { buffer: Buffer, sent: usize },
    Bytes(Bytes),
}

impl From<&'static [u8]> for Chunk {
    fn from(bytes: &'static [u8]) -> Self {
        Self(ChunkData::Static(bytes))
    }
}

impl From<Bytes> for Chunk {
    fn from(bytes: Bytes) -> Self {
        Self(ChunkData::Bytes(bytes))
    }
}

impl From<Buffer> for Chunk {
    fn from(buffer: Buffer) -> Self {
        Self(ChunkData::Pooled { buffer, sent: 0 })
    }
}

impl From<Chunk> for Bytes {
    /// Converts the chunk. A pooled buffer costs an allocation, so the server does not use this.
    fn from(chunk: Chunk) -> Self {
        match chunk.0 {
            ChunkData::Static(bytes) => Self::from_static(bytes),
            ChunkData::Pooled { buffer, sent } => Self::from_owner(buffer).slice(sent..),
            ChunkData::Bytes(bytes) => bytes,
        }
    }
}

impl Buf for Chunk {
    fn remaining(&self) -> usize {
        self.chunk().len()
    }

    fn chunk(&self) -> &[u8] {
        match &self.0 {
            ChunkData::Static(bytes) => bytes,
            ChunkData::Pooled { buffer, sent } => buffer.get(*sent..).unwrap_or_default(),
            ChunkData::Bytes(bytes) => bytes,
        }
    }

    fn advance(&mut self, count: usize) {
        let left = self.remaining();
        assert!(count <= left, "advanced {count} bytes of {left}");
        match &mut self.0 {
            ChunkData::Static(bytes) => bytes.advance(count),
            ChunkData::Pooled { sent, .. } => *sent += count,
            ChunkData::Bytes(bytes) => bytes.advance(count),
        }
    }

    fn copy_to_bytes(&mut self, count: usize) -> Bytes {
        match &mut self.0 {
            ChunkData::Static(bytes) => Bytes::from_static(
                bytes
                    .split_off(..count)
                    .expect("no more bytes are taken than there are"),
            ),
            ChunkData::Pooled { buffer, sent } => {
                let taken = Bytes::copy_from_slice(&buffer[*sent..*sent + count]);
                *sent += count;
                taken
            }
            ChunkData::Bytes(bytes) => bytes.copy_to_bytes(count),
        }
    }
}
