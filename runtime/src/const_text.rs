//! Text that is composed in constant evaluation, where `format!` is not available.

/// The message of a compile error.
pub(crate) type ErrorText = Text<1024>;

/// A text of at most `N` bytes, for constant evaluation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    /// The empty text.
    pub(crate) const EMPTY: Self = Self {
        bytes: [0; N],
        len: 0,
    };

    /// Appends `piece`, and truncates the text to `N` bytes.
    pub(crate) const fn with(mut self, piece: &str) -> Self {
        let piece = piece.as_bytes();
        let mut i = 0;
        while i < piece.len() && self.len < N {
            self.bytes[self.len] = piece[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// Appends a number in decimal.
    pub(crate) const fn with_number(self, number: u32) -> Self {
        let mut digits = [0_u8; 10];
        let (mut at, mut rest) = (digits.len(), number);
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.with(as_str(digits.split_at(at).1))
    }

    /// Returns the text.
    pub(crate) const fn as_str(&self) -> &str {
        as_str(self.bytes.split_at(self.len).0)
    }
}

/// Returns the bytes as text, without an incomplete last character.
///
/// Only whole strings are appended, so the bytes are valid UTF-8 unless `Text` was truncated.
const fn as_str(bytes: &[u8]) -> &str {
    match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => match core::str::from_utf8(bytes.split_at(error.valid_up_to()).0) {
            Ok(text) => text,
            Err(_) => "",
        },
    }
}

/// Panics with a message about an invalid value. In constant evaluation this is a compile error.
#[track_caller]
pub(crate) const fn refuse(value: &str, words: &str) -> ! {
    let message = Text::<512>::EMPTY
        .with("`")
        .with(value)
        .with("` ")
        .with(words);
    panic!("{}", message.as_str())
}

/// Returns whether the two texts are equal.
pub(crate) const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Returns whether `list` contains `name`.
pub(crate) const fn contains(list: &[&str], name: &str) -> bool {
    let mut i = 0;
    while i < list.len() {
        if equal(list[i], name) {
            return true;
        }
        i += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_numbers_are_joined() {
        const TEXT: Text<32> = Text::EMPTY
            .with("line ")
            .with_number(1024)
            .with(":")
            .with_number(0);
        assert_eq!(TEXT.as_str(), "line 1024:0");
    }

    #[test]
    fn truncation_never_splits_a_character() {
        assert_eq!(Text::<4>::EMPTY.with("aβγ").as_str(), "aβ");
    }
}
