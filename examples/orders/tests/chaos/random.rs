//! Random numbers, whose seed a test prints.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// Random numbers (xorshift).
pub(crate) struct Random(u64);

impl Random {
    /// Begins with a random seed, or with that of the variable `SEED`.
    pub(crate) fn new() -> Self {
        let seed = std::env::var("SEED")
            .ok()
            .and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| RandomState::new().hash_one(0_u8)) | 1;
        eprintln!("SEED={seed}");
        Self(seed)
    }

    /// Returns a number below this one.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    /// Returns a time of this range, in milliseconds.
    pub(crate) fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from))
    }
}
