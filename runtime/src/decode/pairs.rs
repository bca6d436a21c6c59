//! The decoded pairs of `application/x-www-form-urlencoded` data.

use std::{borrow::Cow, cell::Cell};

use crate::decode::error_log::ErrorLog;

/// The pairs of a query or a form, in their order.
///
/// The cells record the requests of serde during deserialization, because a `Deserializer` is consumed by it.
pub(crate) struct Pairs<'a> {
    list: Vec<Pair<'a>>,
    /// Whether serde has requested a value of any type. The value may then have to be converted.
    pub(crate) is_buffered: Cell<bool>,
    /// Whether serde has requested all keys, as it does for `flatten`.
    pub(crate) is_flattened: Cell<bool>,
    /// The pair with an empty value that the type inside an `Option` has rejected.
    pub(crate) rejected_empty: Cell<Option<usize>>,
    /// The errors of the current attempt.
    pub(crate) log: ErrorLog,
}

/// A key and its value.
pub(crate) struct Pair<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
    /// The next pair with the same key.
    pub(crate) next: Option<usize>,
    /// Whether no earlier pair has the key.
    pub(crate) is_first: bool,
    /// The type that the value is presented as.
    pub(crate) read_as: Cell<ReadAs>,
}

impl Pair<'_> {
    /// Returns whether the key occurs several times.
    pub(crate) fn is_repeated(&self) -> bool {
        !self.is_first || self.next.is_some()
    }
}

/// The type that a value is presented as if serde requests a value of any type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadAs {
    /// The text, or a list of texts if the key occurs several times.
    Text,
    Number,
    Bool,
    /// A list with one text.
    List,
    NumberInList,
    BoolInList,
    NothingInList,
    /// `None`.
    Nothing,
    /// Only the first of several values, to find out which key causes an error.
    First,
    /// No pair, to find out which key causes an error.
    Absent,
    /// A value that no type accepts, to find out whether a type uses the value.
    Unreadable,
}

impl ReadAs {
    /// Returns the type of a value before it was converted to this one.
    pub(crate) fn previous(self) -> Self {
        match self {
            Self::NumberInList | Self::BoolInList | Self::NothingInList => Self::List,
            _ => Self::Text,
        }
    }

    /// Returns whether the value is presented as an element of a list.
    pub(crate) fn is_in_list(self) -> bool {
        matches!(
            self,
            Self::List | Self::NumberInList | Self::BoolInList | Self::NothingInList
        )
    }
}

/// A pair that is not valid percent-encoded UTF-8.
pub(crate) struct BadPair {
    pub(crate) key: String,
    pub(crate) text: String,
}

impl<'a> Pairs<'a> {
    /// Splits and decodes a text with at most `count` pairs.
    pub(crate) fn parse(text: &'a [u8], count: usize) -> Result<Self, BadPair> {
        let mut list = Vec::with_capacity(if text.is_empty() { 0 } else { count });
        for raw in split(text) {
            let (key, value) = key_and_value(raw);
            let (Some(key), Some(value)) = (decode(key), decode(value)) else {
                return Err(BadPair::new(key, value));
            };
            list.push(Pair {
                key,
                value,
                next: None,
                is_first: true,
                read_as: Cell::new(ReadAs::Text),
            });
        }
        let mut pairs = Self {
            list,
            is_buffered: Cell::new(false),
            is_flattened: Cell::new(false),
            rejected_empty: Cell::new(None),
            log: ErrorLog::default(),
        };
        pairs.link_same_keys();
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

    /// Returns the number of pairs with the key of this pair, from this pair on.
    pub(crate) fn count_from(&self, idx: usize) -> usize {
        std::iter::successors(Some(idx), |idx| self.get(*idx)?.next).count()
    }

    pub(crate) fn set_read_as(&self, idx: usize, read_as: ReadAs) {
        if let Some(pair) = self.get(idx) {
            pair.read_as.set(read_as);
        }
    }

    /// Returns the pair whose value is the text at this address. Equal texts at other addresses do not match.
    pub(crate) fn index_of_text(&self, text: (usize, usize)) -> Option<usize> {
        let same = |pair: &Pair<'_>| (pair.value.as_ptr() as usize, pair.value.len()) == text;
        self.list.iter().position(same)
    }

    /// Links the pairs with the same key.
    fn link_same_keys(&mut self) {
        let mut order: Vec<usize> = Vec::new();
        // A quadratic search is fast for few pairs. Sorting keeps many pairs from a client linearithmic.
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

/// Returns the first value of the key, if it is valid percent-encoded UTF-8.
pub(crate) fn first<'r>(text: &'r [u8], key: &str) -> Option<Cow<'r, str>> {
    let (_, value) = split(text)
        .map(key_and_value)
        .find(|(name, _)| decode(name).is_some_and(|name| name == key))?;
    decode(value)
}

fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'&')
        .filter(|raw| !raw.is_empty())
}

fn key_and_value(raw: &[u8]) -> (&[u8], &[u8]) {
    match raw.iter().position(|byte| *byte == b'=') {
        Some(at) => (&raw[..at], &raw[at + 1..]),
        None => raw.split_at(raw.len()),
    }
}

/// Decodes `+` and percent escapes. Returns `None` if an escape is incomplete or the result is not UTF-8.
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
