//! How a segment is told from others in few instructions: its ends as words, and a hash of it all.

/// A slash in every byte of a word.
const SLASHES: u64 = u64::from_le_bytes([b'/'; 8]);
/// The lowest bit of every byte of a word.
const ONES: u64 = u64::from_le_bytes([1; 8]);
/// The highest bit of every byte of a word.
const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);
/// The multiplier of FxHash; its high bits are well mixed, so [`Key::slot`] uses those.
const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;

/// A segment of a path or a pattern: equal keys and lengths below 16 mean equal segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    /// The first eight bytes, zeroes behind the end.
    pub(super) head: u64,
    /// The eight bytes behind those, zeroes behind the end.
    pub(super) second: u64,
    /// A hash of all bytes: long segments may differ at their end only.
    pub(super) hash: u64,
}

/// The length from which on segments with equal keys may differ.
pub(super) const LONG: usize = 16;

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

/// A request's path, to be read a word at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a> {
    bytes: &'a [u8],
    /// The last eight bytes, the last one highest: what stands less than a word before the end is
    /// cut out of it, so that nothing is ever read byte by byte.
    end: u64,
}

/// A segment of a request's path: where it ends, and its key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// The offset of the slash behind it, or of the path's end.
    pub(super) end: usize,
    /// The key to find it by.
    pub(super) key: Key,
}

impl<'a> Path<'a> {
    /// Prepares a path.
    #[inline(always)]
    pub(super) fn new(path: &'a str) -> Self {
        let bytes = path.as_bytes();
        let end = match bytes.last_chunk::<8>() {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None if bytes.is_empty() => 0,
            None => short_word(bytes) << (8 * (8 - bytes.len())),
        };
        Self { bytes, end }
    }

    /// Returns the bytes of the path.
    #[inline(always)]
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Reads the segment that begins at `start`, which is at most the path's length.
    #[inline(always)]
    pub(super) fn piece(&self, start: usize) -> Piece {
        let head = self.word(start);
        if let Some(slash) = Slash::first(head) {
            let head = slash.before(head);
            let key = Key {
                head,
                second: 0,
                hash: fold(0, head),
            };
            return Piece {
                end: start + slash.offset(),
                key,
            };
        }
        let hash = fold(0, head);
        let second = self.word(start + 8);
        if let Some(slash) = Slash::first(second) {
            let second = slash.before(second);
            let key = Key {
                head,
                second,
                hash: fold(hash, second),
            };
            return Piece {
                end: start + 8 + slash.offset(),
                key,
            };
        }
        let (end, hash) = self.long_piece(start + LONG, fold(hash, second));
        Piece {
            end,
            key: Key { head, second, hash },
        }
    }

    /// Reads on in a segment of 16 bytes or more.
    #[inline(never)]
    fn long_piece(&self, mut at: usize, mut hash: u64) -> (usize, u64) {
        loop {
            let word = self.word(at);
            if let Some(slash) = Slash::first(word) {
                return (at + slash.offset(), fold(hash, slash.before(word)));
            }
            hash = fold(hash, word);
            at += 8;
        }
    }

    /// Finds the end of the segment that begins at `start`.
    #[inline(always)]
    pub(super) fn piece_end(&self, mut start: usize) -> usize {
        loop {
            if let Some(slash) = Slash::first(self.word(start)) {
                return start + slash.offset();
            }
            start += 8;
        }
    }

    /// Reads eight bytes at `start`, slashes behind the end.
    #[inline(always)]
    fn word(&self, start: usize) -> u64 {
        let rest = self.bytes.get(start..).unwrap_or_default();
        if let Some(chunk) = rest.first_chunk::<8>() {
            return u64::from_le_bytes(*chunk);
        }
        let bits = 8 * rest.len() as u32;
        // In two steps: a shift by all 64 bits, when nothing is left, is not a shift.
        (self.end >> 8) >> (56 - bits) | SLASHES << bits
    }
}

/// The first slash of a word: the highest bit of its byte, garbage above it.
#[derive(Clone, Copy)]
struct Slash(u64);

impl Slash {
    #[inline(always)]
    fn first(word: u64) -> Option<Self> {
        let zero = word ^ SLASHES;
        let hit = zero.wrapping_sub(ONES) & !zero & HIGHS;
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
        let lowest = self.0 & self.0.wrapping_neg();
        word & (lowest >> 7).wrapping_sub(1)
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
                    let piece = Path::new(&path).piece(before.len());
                    assert_eq!(piece.end, before.len() + n, "{path}");
                    assert_eq!(piece.key, Key::of(text.as_bytes()), "{path}");
                }
            }
        }
    }
}
