//! How a segment is told from others in few instructions: its ends as words, and a hash of it all.

use crate::table::spelling;

/// A slash in every byte of a word.
const SLASHES: u64 = u64::from_le_bytes([b'/'; 8]);
/// The multiplier of FxHash; its high bits are well mixed, so [`Key::slot`] uses those.
const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;

/// A segment of a path or a pattern: equal keys of fewer than 16 bytes are equal segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    /// The first eight bytes, zeroes behind the end.
    pub(super) head: u64,
    /// The eight bytes behind those, zeroes behind the end, and the length in the highest byte
    /// where it is below 16 and the byte thus free.
    pub(super) second: u64,
    /// A hash of all bytes: long segments may differ at their end only.
    pub(super) hash: u64,
}

/// The length from which on segments with equal keys may differ.
pub(super) const LONG: usize = 16;

/// Where the length stands in [`Key::second`].
const LEN_SHIFT: u32 = 56;

impl Key {
    /// Makes the key of a piece of static text.
    ///
    /// Slice patterns and not the methods of slices here: constant evaluation pays by the call.
    pub(super) const fn of(text: &[u8]) -> Self {
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

    /// Makes the key of a segment that is not spelled as static text is.
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

    /// Takes one more word in.
    const fn add(&mut self, idx: usize, word: u64) {
        match idx {
            0 => self.head = word,
            1 => self.second = word,
            _ => {}
        }
        self.hash = fold(self.hash, word);
    }

    /// Makes a key of nothing but a hash.
    pub(super) const fn hashed(hash: u64) -> Self {
        Self {
            head: 0,
            second: 0,
            hash,
        }
    }

    /// Returns which of `n_slots` is the first to look into.
    #[inline(always)]
    pub(super) const fn slot(self, n_slots: u32) -> u32 {
        (((self.hash >> 32) * n_slots as u64) >> 32) as u32
    }
}

/// Takes one more word into a hash.
#[inline(always)]
const fn fold(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(MULTIPLIER)
}

/// Reads fewer than eight bytes as a word, zeroes behind the end.
const fn short_word(mut bytes: &[u8]) -> u64 {
    let mut word = 0;
    while let [before @ .., last] = bytes {
        word = word << 8 | *last as u64;
        bytes = before;
    }
    word
}

/// The last eight bytes of a path, the last one highest: what stands less than a word before the
/// end is cut out of it, so that nothing is read byte by byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending(u64);

impl Ending {
    #[inline(always)]
    pub(super) fn of(path: &[u8]) -> Self {
        match path.last_chunk::<8>() {
            Some(chunk) => Self(u64::from_le_bytes(*chunk)),
            None if path.is_empty() => Self(0),
            None => Self(short_word(path) << (8 * (8 - path.len()))),
        }
    }

    /// Reads the next eight bytes of the path, of which `rest` is left, and slashes behind them.
    #[inline(always)]
    fn word(self, rest: &[u8]) -> u64 {
        if let Some(chunk) = rest.first_chunk::<8>() {
            return u64::from_le_bytes(*chunk);
        }
        let bits = 8 * rest.len() as u32;
        // In two steps: a shift by all 64 bits, when nothing is left, is not a shift.
        (self.0 >> 8) >> (56 - bits) | SLASHES << bits
    }
}

/// The first segment of what is left of a path.
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
        // Fewer than eight bytes left would have had a slash behind them, so there is a rest.
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

    /// Reads a segment in any spelling; the key is that of the same static text.
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

    /// Finds the end of a segment, without a key.
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

/// Reads on in a segment of 16 bytes or more: returns its length and its hash.
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

/// The first slash of a word: the highest bit of its byte, garbage above it.
#[derive(Clone, Copy)]
struct Slash(u64);

impl Slash {
    #[inline(always)]
    fn first(word: u64) -> Option<Self> {
        let hit = spelling::zero_bytes(word ^ SLASHES);
        (hit != 0).then_some(Self(hit))
    }

    /// Returns how many bytes stand before it.
    #[inline(always)]
    fn offset(self) -> usize {
        self.0.trailing_zeros() as usize / 8
    }

    /// Returns the bytes that stand before it.
    #[inline(always)]
    fn before(self, word: u64) -> u64 {
        word & (self.0 ^ self.0.wrapping_sub(1)) >> 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_a_pattern_make_the_same_key() {
        for n in 0..40 {
            for before in ["", "x/", "0123456789/"] {
                for after in ["", "/", "/y", "/0123456789"] {
                    let text = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP".split_at(n).0;
                    let path = format!("{before}{text}{after}");
                    let path = path.as_bytes();
                    let piece = FirstSegment::read(&path[before.len()..], Ending::of(path));
                    assert_eq!(piece.len, n, "{path:?}");
                    assert_eq!(
                        FirstSegment::len(&path[before.len()..], Ending::of(path)),
                        n
                    );
                    assert_eq!(piece.key, Key::of(text.as_bytes()), "{path:?}");
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
            let piece = FirstSegment::read_respelled(path.as_bytes(), Ending::of(path.as_bytes()));
            assert_eq!(piece.len, spelled.len());
            assert_eq!(piece.key, Key::of(text.as_bytes()), "{path}");
        }
    }
}
