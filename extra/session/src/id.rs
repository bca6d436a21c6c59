//! The id of a session, which only the client has, and its hash, which the store has.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::StoreError;

/// The length of an id in a cookie: 128 bits in hexadecimal digits.
const LEN: usize = 32;

/// The id of a session.
#[derive(Clone)]
pub(crate) struct Id(String);

impl Id {
    /// Returns a new random id.
    pub(crate) fn random() -> Result<Self, StoreError> {
        let mut bytes = [0; LEN / 2];
        getrandom::fill(&mut bytes).map_err(StoreError::new)?;
        Ok(Self(hex(&bytes)))
    }

    /// Returns the id in the value of a cookie, if it can be one.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (value.len() == LEN && value.bytes().all(is_digit)).then(|| Self(value.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn key(&self) -> Key {
        Key(Sha256::digest(&self.0).into())
    }
}

/// The key of a session in a [`Store`](crate::store::Store): the SHA-256 hash of the id.
///
/// Only the client has the id, so no login is possible with a copy of the store.
///
/// # Examples
/// ```
/// use highball_session::Key;
///
/// assert!(Key::new([0x0a; 32]).hex().starts_with("0a0a"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    /// Creates a key, for stores and their tests.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the bytes as hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The beginning suffices to compare keys in a log.
        write!(f, "Key({}..)", hex(&self.0[..4]))
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_random_and_can_be_read_again() {
        let (first, second) = (Id::random().expect("an id"), Id::random().expect("an id"));
        assert_ne!(first.as_str(), second.as_str());
        let read = Id::parse(first.as_str()).expect("an id");
        assert_eq!(read.key(), first.key());
        assert_ne!(first.key(), second.key());
        assert!(!format!("{:?}", first.key()).contains(first.as_str()));
    }

    #[test]
    fn other_values_are_no_ids() {
        let long = "0".repeat(33);
        let upper = "A".repeat(32);
        for value in ["", "0", &long, &upper, "00000000000000000000000000000g00"] {
            assert!(Id::parse(value).is_none(), "{value}");
        }
    }
}
