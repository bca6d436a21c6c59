//! The hash of keys.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds [`Fold`].
pub(super) type BuildFold = BuildHasherDefault<Fold>;

/// A hash that is quick, because a client cannot choose what is hashed: a key is the SHA-256 hash of a random id, and
/// the id that a client invents is never stored.
#[derive(Default)]
pub(super) struct Fold(u64);

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        for byte in rest {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, length: usize) {
        self.write_u64(length as u64);
    }

    fn finish(&self) -> u64 {
        // The upper half of a product depends on all bits.
        self.0 ^ (self.0 >> 32)
    }
}
