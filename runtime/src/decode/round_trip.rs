//! Property tests: serialized queries are read back, and `serde_html_form` reads the same values.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Debug,
};

use proptest::prelude::*;
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned};

use super::{form, query};
use crate::response::Rejection;

/// Values of every scalar type, and lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Plain {
    text: String,
    letter: char,
    flag: bool,
    small: i8,
    large: u64,
    #[serde(serialize_with = "as_text")]
    widest: u128,
    float: f64,
    short: f32,
    word: Word,
    meters: Meters,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<String>,
    #[serde(serialize_with = "as_text")]
    lowest: i128,
    #[serde(default)]
    list: Vec<String>,
    #[serde(default)]
    set: BTreeSet<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    First,
    SecondOne,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Meters(f64);

/// Serializes 128-bit integers as text, because `serde_html_form` does not support them.
fn as_text<S: Serializer>(value: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

/// The attributes for which serde buffers values: `flatten` and each way to tag an enum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Buffered {
    own: String,
    #[serde(flatten)]
    part: Part,
    #[serde(flatten)]
    optional: Option<Optional>,
    #[serde(flatten)]
    inside: Inside,
    #[serde(flatten)]
    beside: Beside,
    #[serde(flatten)]
    outside: Outside,
    either: Either,
    #[serde(default)]
    eithers: Vec<Either>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Part {
    text: String,
    letter: char,
    flag: bool,
    small: i8,
    large: u64,
    negative: i64,
    float: f64,
    short: f32,
    word: Word,
    meters: Meters,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<String>,
    #[serde(default)]
    list: Vec<String>,
    #[serde(default)]
    numbers: Vec<i32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Optional {
    opt_number: u32,
    opt_text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Inside {
    Number { in_number: i16 },
    Text { in_text: String, in_flag: bool },
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tag", content = "content")]
enum Beside {
    Number(u8),
    Text(String),
    Words(Vec<Word>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outside {
    OutNumber(u32),
    OutText(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Number(i64),
    Float(f64),
    Flag(bool),
    Text(String),
}

/// Text, including text that looks like a value of another type.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => ".{0,8}",
        2 => "[-+]?[0-9]{1,4}",
        1 => prop::sample::select(vec!["", "true", "on", "1e3", "NaN", "inf", "a=b&c", "%41", "+"])
            .prop_map(str::to_owned),
    ]
}

/// Text that is not the serialized form of another variant of [`Either`].
fn words() -> impl Strategy<Value = String> {
    "[A-Z][ -~é]{0,6}".prop_filter("another variant", |text| {
        text.parse::<f64>().is_err() && text != "true"
    })
}

fn finite() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("NaN is not equal to itself", |float| float.is_finite())
}

fn word() -> impl Strategy<Value = Word> {
    prop::sample::select(vec![Word::First, Word::SecondOne])
}

fn meters() -> impl Strategy<Value = Meters> {
    finite().prop_map(Meters)
}

fn short() -> impl Strategy<Value = f32> {
    any::<f32>().prop_filter("NaN is not equal to itself", |float| float.is_finite())
}

prop_compose! {
    fn plain()(
        (text, letter, flag, small, large) in (text(), any::<char>(), any::<bool>(), any::<i8>(), any::<u64>()),
        (widest, float, short, word) in (any::<u128>(), finite(), short(), word()),
        (meters, maybe, lowest) in (meters(), prop::option::of(text()), any::<i128>()),
        list in prop::collection::vec(text(), 0..4),
        set in prop::collection::btree_set(any::<u16>(), 0..4),
    ) -> Plain {
        Plain {
            text, letter, flag, small, large, widest, float, short, word, meters, maybe, lowest, list, set,
        }
    }
}

prop_compose! {
    fn part()(
        (text, letter, flag, small, large) in (text(), any::<char>(), any::<bool>(), any::<i8>(), any::<u64>()),
        (negative, float, short, word, meters) in (any::<i64>(), finite(), short(), word(), meters()),
        maybe in prop::option::of(text()),
        list in prop::collection::vec(text(), 0..4),
        numbers in prop::collection::vec(any::<i32>(), 0..4),
    ) -> Part {
        Part {
            text, letter, flag, small, large, negative, float, short, word, meters, maybe, list, numbers,
        }
    }
}

fn optional() -> impl Strategy<Value = Option<Optional>> {
    prop::option::of(
        (any::<u32>(), text()).prop_map(|(opt_number, opt_text)| Optional {
            opt_number,
            opt_text,
        }),
    )
}

fn inside() -> impl Strategy<Value = Inside> {
    prop_oneof![
        any::<i16>().prop_map(|in_number| Inside::Number { in_number }),
        (text(), any::<bool>()).prop_map(|(in_text, in_flag)| Inside::Text { in_text, in_flag }),
        Just(Inside::Nothing),
    ]
}

fn beside() -> impl Strategy<Value = Beside> {
    prop_oneof![
        any::<u8>().prop_map(Beside::Number),
        text().prop_map(Beside::Text),
        prop::collection::vec(word(), 1..4).prop_map(Beside::Words),
    ]
}

fn outside() -> impl Strategy<Value = Outside> {
    prop_oneof![
        any::<u32>().prop_map(Outside::OutNumber),
        text().prop_map(Outside::OutText),
    ]
}

fn either() -> impl Strategy<Value = Either> {
    prop_oneof![
        any::<i64>().prop_map(Either::Number),
        (-1e6..1e6)
            .prop_filter("a whole number is one", |float: &f64| float.fract() != 0.0)
            .prop_map(Either::Float),
        any::<bool>().prop_map(Either::Flag),
        words().prop_map(Either::Text),
    ]
}

prop_compose! {
    fn buffered()(
        (own, part, optional, inside) in (text(), part(), optional(), inside()),
        (beside, outside, either) in (beside(), outside(), either()),
        eithers in prop::collection::vec(either(), 0..5),
    ) -> Buffered {
        Buffered { own, part, optional, inside, beside, outside, either, eithers }
    }
}

/// Asserts that the serialized value is read back from a query and from a form.
fn check<T: Debug + PartialEq + Serialize + DeserializeOwned>(value: &T) {
    let text = serde_html_form::to_string(value).expect("it is written");
    let detail = |rejection: Rejection| rejection.detail().to_owned();
    let read = [query::<T>(&text), form::<T>(text.as_bytes())];
    for read in read.map(|read| read.map_err(detail)) {
        assert_eq!(read.as_ref(), Ok(value), "{text}");
    }
}

/// A struct that both implementations support. Here, an empty value is `None` for more types.
#[derive(Debug, PartialEq, Deserialize)]
struct Both {
    a: Option<u32>,
    #[serde(default)]
    b: Vec<String>,
    c: Option<String>,
    d: Option<bool>,
    #[serde(default)]
    e: Vec<i64>,
    f: Option<f64>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Texts {
    #[serde(flatten)]
    rest: HashMap<String, String>,
}

/// Queries that are often valid.
fn nearly() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "",
        "1",
        "-1",
        "007",
        "+1",
        "1.5",
        "1e3",
        "true",
        "false",
        "x",
        "%41",
        "a+b",
        "%C3%A9",
        "é",
        "a=b",
        " 1",
        "%201",
        "inf",
        "0x1",
        "4294967296",
    ]);
    let key = prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "%61", "g", ""]);
    let pair = (key, prop::option::of(value)).prop_map(|(key, value)| match value {
        Some(value) => format!("{key}={value}"),
        None => key.to_owned(),
    });
    prop::collection::vec(pair, 0..5).prop_map(|pairs| pairs.join("&"))
}

/// Asserts that a query that `serde_html_form` accepts is read as the same value.
fn compare<T: Debug + PartialEq + DeserializeOwned>(text: &str) {
    if let Ok(other) = serde_html_form::from_str::<T>(text) {
        assert_eq!(query::<T>(text).as_ref().ok(), Some(&other), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plain_values_are_read_back(value in plain()) {
        check(&value);
    }

    #[test]
    fn buffered_values_are_read_back(value in buffered()) {
        check(&value);
        check(&value.inside);
        check(&value.beside);
        check(&value.part);
    }

    #[test]
    fn pairs_and_maps_are_read_back(
        pairs in prop::collection::vec((text(), text()), 0..6),
        map in prop::collection::btree_map(text(), any::<i32>(), 0..6),
        numbers in prop::collection::btree_map(any::<i32>(), text(), 0..6),
    ) {
        check::<Vec<(String, String)>>(&pairs);
        check::<BTreeMap<String, i32>>(&map);
        check::<BTreeMap<i32, String>>(&numbers);
    }

    #[test]
    fn both_implementations_read_the_same_values(text in nearly()) {
        compare::<Both>(&text);
        compare::<Texts>(&text);
        compare::<Vec<(String, String)>>(&text);
        compare::<Vec<(String, Option<i32>)>>(&text);
        compare::<BTreeMap<String, Vec<String>>>(&text);
        compare::<BTreeMap<String, f32>>(&text);
    }
}
