//! The decoded pairs of `application/x-www-form-urlencoded`.

use std::{borrow::Cow, cell::Cell};

use crate::decode::error_log::Log;

/// The pairs of a query or a form, in their order.
pub(crate) struct Pairs<'a> {
    list: Vec<Pair<'a>>,
    /// Serde has asked for a value of any kind, so that what it is taken for may have to change.
    pub(crate) buffered: Cell<bool>,
    /// Serde has asked for all keys, as it does for `flatten`.
    pub(crate) is_flat: Cell<bool>,
    /// An empty value was refused by the type inside an `Option`.
    pub(crate) empty: Cell<Option<usize>>,
    /// What was refused.
    pub(crate) log: Log,
}

/// One pair.
pub(crate) struct Pair<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
    /// The next pair of the same key.
    pub(crate) next: Option<usize>,
    /// No pair before it has the key.
    pub(crate) is_first: bool,
    /// What the value is taken for.
    pub(crate) taken: Cell<ReadAs>,
}

impl Pair<'_> {
    /// Returns whether other pairs have the same key.
    pub(crate) fn is_of_several(&self) -> bool {
        !self.is_first || self.next.is_some()
    }
}

/// What a value is taken for where serde asks for a value of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadAs {
    /// The text itself, or a list of them where the key stands several times.
    Text,
    Number,
    Bool,
    /// A list of one text.
    List,
    NumberInList,
    BoolInList,
    NothingInList,
    /// Nothing: `None`.
    Nothing,
    /// The first of several values, which is tried to learn which key is to blame.
    First,
    /// No pair at all, likewise.
    Absent,
    /// What no type reads, which is tried to learn whether the value was read.
    Unreadable,
}

impl ReadAs {
    /// Returns what a value was taken for before it was taken for this.
    pub(crate) fn before(self) -> Self {
        match self {
            Self::NumberInList | Self::BoolInList | Self::NothingInList => Self::List,
            _ => Self::Text,
        }
    }

    /// Returns whether the value is one of a list, be it the only one.
    pub(crate) fn is_in_list(self) -> bool {
        matches!(
            self,
            Self::List | Self::NumberInList | Self::BoolInList | Self::NothingInList
        )
    }
}

/// A pair that is not well encoded.
pub(crate) struct BadPair {
    pub(crate) key: String,
    pub(crate) text: String,
}

impl<'a> Pairs<'a> {
    /// Splits and decodes the text.
    pub(crate) fn parse(text: &'a [u8], count: usize) -> Result<Self, BadPair> {
        let mut list = Vec::with_capacity(if text.is_empty() { 0 } else { count });
        for raw in split(text) {
            let (key, value) = halves(raw);
            let (Some(key), Some(value)) = (decode(key), decode(value)) else {
                return Err(BadPair::new(key, value));
            };
            list.push(Pair {
                key,
                value,
                next: None,
                is_first: true,
                taken: Cell::new(ReadAs::Text),
            });
        }
        let mut pairs = Self {
            list,
            buffered: Cell::new(false),
            is_flat: Cell::new(false),
            empty: Cell::new(None),
            log: Log::default(),
        };
        pairs.link();
        Ok(pairs)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Pair<'a>> {
        self.list.iter()
    }

    pub(crate) fn get(&self, idx: usize) -> Option<&Pair<'a>> {
        self.list.get(idx)
    }

    /// Returns how often the key of this pair stands, from this pair on.
    pub(crate) fn count_from(&self, idx: usize) -> usize {
        std::iter::successors(Some(idx), |idx| self.get(*idx)?.next).count()
    }

    pub(crate) fn take_for(&self, idx: usize, taken: ReadAs) {
        if let Some(pair) = self.get(idx) {
            pair.taken.set(taken);
        }
    }

    /// Returns the pair whose value is this very text, not one that is equal to it.
    pub(crate) fn of_text(&self, text: (usize, usize)) -> Option<usize> {
        let same = |pair: &Pair<'_>| (pair.value.as_ptr() as usize, pair.value.len()) == text;
        self.list.iter().position(same)
    }

    /// Connects the pairs of one key.
    fn link(&mut self) {
        let mut order: Vec<usize> = Vec::new();
        if self.list.len() <= 16 {
            for idx in 1..self.list.len() {
                let (before, rest) = self.list.split_at_mut(idx);
                let last = before.iter_mut().rev().find(|pair| pair.key == rest[0].key);
                if let Some(last) = last {
                    last.next = Some(idx);
                    rest[0].is_first = false;
                }
            }
            return;
        }
        order.extend(0..self.list.len());
        order.sort_by(|a, b| self.list[*a].key.cmp(&self.list[*b].key).then(a.cmp(b)));
        for two in order.windows(2) {
            if self.list[two[0]].key == self.list[two[1]].key {
                self.list[two[0]].next = Some(two[1]);
                self.list[two[1]].is_first = false;
            }
        }
    }
}

impl BadPair {
    fn new(key: &[u8], value: &[u8]) -> Self {
        let plain = |bytes: &[u8]| bytes.escape_ascii().to_string();
        match decode(key) {
            Some(key) => Self {
                key: key.into_owned(),
                text: plain(value),
            },
            None => Self {
                key: plain(key),
                text: plain(key),
            },
        }
    }
}

/// Returns the first value of the key, if it is well encoded.
pub(crate) fn first<'r>(text: &'r [u8], key: &str) -> Option<Cow<'r, str>> {
    let (_, value) = split(text)
        .map(halves)
        .find(|(name, _)| decode(name).is_some_and(|name| name == key))?;
    decode(value)
}

fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'&')
        .filter(|raw| !raw.is_empty())
}

fn halves(raw: &[u8]) -> (&[u8], &[u8]) {
    match raw.iter().position(|byte| *byte == b'=') {
        Some(at) => (&raw[..at], &raw[at + 1..]),
        None => raw.split_at(raw.len()),
    }
}

/// Removes the escapes; `None` where one is not whole, or where the bytes are no UTF-8.
fn decode(raw: &[u8]) -> Option<Cow<'_, str>> {
    let Some(start) = raw.iter().position(|byte| matches!(byte, b'+' | b'%')) else {
        return std::str::from_utf8(raw).ok().map(Cow::Borrowed);
    };
    let mut bytes = Vec::with_capacity(raw.len());
    bytes.extend_from_slice(&raw[..start]);
    let mut rest = &raw[start..];
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, tail) = tail.split_at_checked(2)?;
                bytes.push(hex(digits[0])? << 4 | hex(digits[1])?);
                rest = tail;
            }
            _ => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| digit.try_into().ok())
}
