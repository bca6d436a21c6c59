//! Keys that identify segments in few instructions: the first 16 bytes as words, and a hash.

use crate::table::spelling;

/// A slash in every byte of a word.
const SLASHES: u64 = u64::from_le_bytes([b'/'; 8]);
/// The multiplier of FxHash. It mixes the high bits of a hash well, so [`Key::slot`] uses those.
const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;

/// The key of a segment. Segments of fewer than 16 bytes are equal if their keys are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    /// The first eight bytes, padded with zeroes.
    pub(super) head: u64,
    /// The next eight bytes, padded with zeroes. If the length is below 16, the highest byte is
    /// free and contains the length.
    pub(super) second: u64,
    /// A hash of all bytes, because long segments may differ only after the first 16.
    pub(super) hash: u64,
}

/// The length from which segments with equal keys may differ.
pub(super) const LONG: usize = 16;

/// The position of the length in [`Key::second`].
const LEN_SHIFT: u32 = 56;

impl Key {
    /// Creates the key of a pattern's static text.
    ///
    /// It uses slice patterns, because in constant evaluation each method call costs compile time.
    pub(super) const fn new(text: &[u8]) -> Self {
        let mut key = Self::hashed(0);
        let mut n_words = 0;
        let mut rest = text;
        while let [a, b, c, d, e, f, g, h, after @ ..] = rest {
            key.add(
                n_words,
                u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]),
            );
            n_words += 1;
            rest = after;
        }
        key.add(n_words, short_word(rest));
        if text.len() < LONG {
            key.second |= (text.len() as u64) << LEN_SHIFT;
        }
        key
    }

    /// Creates the key of a segment that is percent-encoded differently than static text.
    fn respelled(segment: &[u8]) -> Self {
        let mut key = Self::hashed(0);
        let (mut word, mut len) = (0, 0);
        spelling::for_each_byte(segment, |byte| {
            word |= u64::from(byte) << (8 * (len % 8));
            len += 1;
            if len % 8 == 0 {
                key.add(len / 8 - 1, word);
                word = 0;
            }
        });
        key.add(len / 8, word);
        if len < LONG {
            key.second |= (len as u64) << LEN_SHIFT;
        }
        key
    }

    /// Adds a word.
    const fn add(&mut self, idx: usize, word: u64) {
        match idx {
            0 => self.head = word,
            1 => self.second = word,
            _ => {}
        }
        self.hash = fold(self.hash, word);
    }

    /// Creates a key with a hash only.
    pub(super) const fn hashed(hash: u64) -> Self {
        Self {
            head: 0,
            second: 0,
            hash,
        }
    }

    /// Returns the first of `n_slots` to search.
    #[inline(always)]
    pub(super) const fn slot(self, n_slots: u32) -> u32 {
        (((self.hash >> 32) * n_slots as u64) >> 32) as u32
    }
}

/// Adds a word to a hash.
#[inline(always)]
const fn fold(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(MULTIPLIER)
}

/// Reads fewer than eight bytes as a word, padded with zeroes.
const fn short_word(mut bytes: &[u8]) -> u64 {
    let mut word = 0;
    while let [before @ .., last] = bytes {
        word = word << 8 | *last as u64;
        bytes = before;
    }
    word
}

/// The last eight bytes of a path, the last one highest.
///
/// A word that would reach past the end of the path is shifted out of it, so that no path is read
/// byte by byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending(u64);

impl Ending {
    #[inline(always)]
    pub(super) fn new(path: &[u8]) -> Self {
        match path.last_chunk::<8>() {
            Some(chunk) => Self(u64::from_le_bytes(*chunk)),
            None if path.is_empty() => Self(0),
            None => Self(short_word(path) << (8 * (8 - path.len()))),
        }
    }

    /// Reads the next eight bytes. `rest` is the unread end of the path, and the word is padded
    /// with slashes.
    #[inline(always)]
    fn word(self, rest: &[u8]) -> u64 {
        if let Some(chunk) = rest.first_chunk::<8>() {
            return u64::from_le_bytes(*chunk);
        }
        let bits = 8 * rest.len() as u32;
        // Two shifts, because with no bytes left a single one would be by 64 bits, which overflows.
        (self.0 >> 8) >> (56 - bits) | SLASHES << bits
    }
}

/// The first segment of the rest of a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct FirstSegment {
    /// The length of the segment.
    pub(super) len: usize,
    /// The key to find it by.
    pub(super) key: Key,
}

impl FirstSegment {
    /// Reads a segment.
    #[inline(always)]
    pub(super) fn read(rest: &[u8], ending: Ending) -> Self {
        let head = ending.word(rest);
        if let Some(slash) = Slash::first(head) {
            let head = slash.before(head);
            let len = slash.offset();
            let (second, hash) = ((len as u64) << LEN_SHIFT, fold(0, head));
            return Self {
                len,
                key: Key { head, second, hash },
            };
        }
        let hash = fold(0, head);
        // This cannot fail: with fewer than eight bytes left the word would contain a padding slash.
        let Some(behind) = rest.get(8..) else {
            return Self {
                len: rest.len(),
                key: Key::hashed(hash),
            };
        };
        let second = ending.word(behind);
        if let Some(slash) = Slash::first(second) {
            let second = slash.before(second);
            let len = 8 + slash.offset();
            let hash = fold(hash, second);
            let second = second | (len as u64) << LEN_SHIFT;
            return Self {
                len,
                key: Key { head, second, hash },
            };
        }
        let (len, hash) = read_long(rest, ending, fold(hash, second));
        Self {
            len,
            key: Key { head, second, hash },
        }
    }

    /// Reads a segment in any percent-encoding. The key equals that of the same static text.
    #[inline(never)]
    pub(super) fn read_respelled(rest: &[u8], ending: Ending) -> Self {
        let piece = Self::read(rest, ending);
        let segment = rest.get(..piece.len).unwrap_or_default();
        if !spelling::is_odd(segment) {
            return piece;
        }
        Self {
            len: piece.len,
            key: Key::respelled(segment),
        }
    }

    /// Returns the length of the first segment, without computing its key.
    #[inline(always)]
    pub(super) fn len(mut rest: &[u8], ending: Ending) -> usize {
        let mut len = 0;
        loop {
            if let Some(slash) = Slash::first(ending.word(rest)) {
                return len + slash.offset();
            }
            len += 8;
            match rest.get(8..) {
                Some(behind) => rest = behind,
                None => return len,
            }
        }
    }
}

/// Reads the rest of a segment of 16 bytes or more. Returns its length and its hash.
#[inline(never)]
fn read_long(rest: &[u8], ending: Ending, mut hash: u64) -> (usize, u64) {
    let mut len = LONG;
    let mut behind = rest.get(LONG..).unwrap_or_default();
    loop {
        let word = ending.word(behind);
        if let Some(slash) = Slash::first(word) {
            return (len + slash.offset(), fold(hash, slash.before(word)));
        }
        hash = fold(hash, word);
        len += 8;
        behind = behind.get(8..).unwrap_or_default();
    }
}

/// The first slash of a word: a word whose lowest set bit is the highest bit of the slash's byte.
#[derive(Clone, Copy)]
struct Slash(u64);

impl Slash {
    #[inline(always)]
    fn first(word: u64) -> Option<Self> {
        let hit = spelling::zero_bytes(word ^ SLASHES);
        (hit != 0).then_some(Self(hit))
    }

    /// Returns the number of bytes before it.
    #[inline(always)]
    fn offset(self) -> usize {
        self.0.trailing_zeros() as usize / 8
    }

    /// Returns the bytes before it.
    #[inline(always)]
    fn before(self, word: u64) -> u64 {
        word & (self.0 ^ self.0.wrapping_sub(1)) >> 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_its_pattern_have_the_same_key() {
        for n in 0..40 {
            for before in ["", "x/", "0123456789/"] {
                for after in ["", "/", "/y", "/0123456789"] {
                    let text = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP".split_at(n).0;
                    let path = format!("{before}{text}{after}");
                    let path = path.as_bytes();
                    let piece = FirstSegment::read(&path[before.len()..], Ending::new(path));
                    assert_eq!(piece.len, n, "{path:?}");
                    assert_eq!(
                        FirstSegment::len(&path[before.len()..], Ending::new(path)),
                        n
                    );
                    assert_eq!(piece.key, Key::new(text.as_bytes()), "{path:?}");
                    assert_eq!(Key::respelled(text.as_bytes()), piece.key, "{path:?}");
                }
            }
        }
    }

    #[test]
    fn every_spelling_has_the_key_of_the_static_text() {
        for n in 0..20 {
            let text = "%C3%A9abcdefgh%20ijklmnop".get(..n).unwrap_or_default();
            let spelled = text
                .replace("%C3%A9", "é")
                .replace('h', "%68")
                .replace('b', "%62");
            let path = format!("{spelled}/x");
            let piece = FirstSegment::read_respelled(path.as_bytes(), Ending::new(path.as_bytes()));
            assert_eq!(piece.len, spelled.len());
            assert_eq!(piece.key, Key::new(text.as_bytes()), "{path}");
        }
    }
}
