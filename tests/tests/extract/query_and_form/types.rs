//! The types of queries and forms.

// Only `Debug` reads the fields: the tests compare its output.
#![allow(dead_code)]

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
};

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    page: Option<u32>,
    size: u32,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Flat {
    q: String,
    #[serde(flatten)]
    page: Page,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Inner {
    page: u32,
}

#[derive(Debug, Deserialize)]
pub(crate) struct MaybeFlat {
    #[serde(flatten)]
    inner: Option<Inner>,
    id: Option<Id>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Id {
    N(u64),
    F(f64),
    B(bool),
    T(String),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Shape {
    Circle { radius: f64, name: String },
    Lines { at: Vec<u8>, open: bool },
}

#[derive(Debug, Deserialize)]
#[serde(tag = "t", content = "c")]
pub(crate) enum Beside {
    Number(u8),
    Words(Vec<String>),
}

#[derive(Debug, Deserialize)]
pub(crate) struct WithId {
    id: Id,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sort {
    Asc,
    Desc,
}

/// A type whose `Deserialize` reports errors in words of its library.
#[derive(Debug)]
pub(crate) struct Day(pub(crate) u8);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = text.strip_prefix("day-").and_then(|day| day.parse().ok());
        day.map(Day)
            .ok_or_else(|| serde::de::Error::custom("a day is `day-7`"))
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Meters(f64);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Empty {
    d: Option<Day>,
    e: Option<Sort>,
    m: Option<Meters>,
    n: Option<u32>,
    b: Option<bool>,
    l: Option<Vec<u32>>,
    s: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EmptyFlat {
    #[serde(flatten)]
    empty: Empty,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Many {
    a: u8,
    z: Option<NonZeroU32>,
    big: u128,
    low: i128,
    set: BTreeSet<u8>,
    two: Option<(u8, String)>,
    sort: Option<Sort>,
    day: Option<Day>,
    x: f64,
    c: Option<char>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Addr {
    addr: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Strict {
    a: Option<u8>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Order {
    name: String,
    lines: Vec<Line>,
    #[serde(flatten)]
    page: Option<Page>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Line {
    count: u8,
}

/// Untagged structs without a common field.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Either2 {
    A { a: i32 },
    B { b: i32 },
}

/// A flattened struct whose fields have defaults, and a flattened `Option` of floats.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Shop {
    #[serde(flatten)]
    pager: Pager,
    #[serde(flatten)]
    place: Option<Spot>,
    open: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Pager {
    offset: i64,
    limit: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Spot {
    lat: f64,
    lon: f32,
}

/// Lists of each kind.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Lists {
    words: Vec<String>,
    maybe: Option<Vec<i32>>,
    holes: Vec<Option<u8>>,
    ids: Vec<Id>,
}

/// The same lists, flattened.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FlatLists {
    #[serde(flatten)]
    lists: Lists,
}

/// The remaining fields, with any key.
#[derive(Debug, Deserialize)]
pub(crate) struct Rest {
    q: Option<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, u64>,
}

/// An externally tagged enum, flattened.
#[derive(Debug, Deserialize)]
pub(crate) struct Outside {
    #[serde(flatten)]
    what: What,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum What {
    Size(u8),
    Name(String),
    Nothing,
}

/// A type that reads only a part of its text.
#[derive(Debug)]
pub(crate) struct Prefixed(pub(crate) u8);

impl<'de> Deserialize<'de> for Prefixed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::{Error, Unexpected};

        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let piece = &text[..text.len().min(1)];
        let wrong = |_| D::Error::invalid_value(Unexpected::Str(piece), &"u8");
        piece.parse().map(Prefixed).map_err(wrong)
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Pieces {
    #[serde(flatten)]
    piece: Option<Piece>,
    a: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Piece {
    p: Prefixed,
    n: u8,
}
