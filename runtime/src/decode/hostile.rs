//! Tests with types that panic, that deserialize another query, or that need many attempts.

use std::{
    collections::BTreeMap,
    panic::{self, AssertUnwindSafe},
};

use serde::{Deserialize, Deserializer};

use super::query;
use crate::decode::error_log;

#[derive(Debug, PartialEq, Deserialize)]
struct Part {
    n: u32,
}

/// A type that panics for the text `boom`, and otherwise deserializes its text as another query.
#[derive(Debug, PartialEq)]
struct Odd(u32);

impl<'de> Deserialize<'de> for Odd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        assert_ne!(text, "boom");
        #[derive(Deserialize)]
        struct Inner {
            #[serde(flatten)]
            part: Part,
        }
        let inner: Inner = query(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(inner.part.n))
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Held {
    odd: Odd,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Outer {
    #[serde(flatten)]
    part: Option<Part>,
    #[serde(flatten)]
    held: Held,
}

#[test]
fn query_inside_a_query_loses_no_errors() {
    let outer: Outer = query("odd=n%3D7&n=8").expect("it is read");
    assert_eq!(
        outer,
        Outer {
            part: Some(Part { n: 8 }),
            held: Held { odd: Odd(7) },
        }
    );
    let rejection = query::<Outer>("n=x&odd=n%3D7").expect_err("`n` is no number");
    assert_eq!(rejection.errors()[0].name, "n");
    let rejection = query::<Outer>("n=8&odd=n%3Dx").expect_err("the inner `n` is no number");
    assert_eq!(rejection.errors()[0].name, "odd");
    assert!(!error_log::is_recording());
}

#[test]
fn panic_ends_the_error_log() {
    let read = || query::<Outer>("n=8&odd=boom").is_ok();
    panic::catch_unwind(AssertUnwindSafe(read)).expect_err("it panics");
    assert!(!error_log::is_recording());
}

/// An optional part, and lists of each type with many values.
#[derive(Debug, PartialEq, Deserialize)]
struct Long {
    #[serde(flatten)]
    part: Option<Part>,
    #[serde(flatten)]
    lists: Lists,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Lists {
    texts: Vec<String>,
    numbers: Vec<u32>,
    flags: Vec<bool>,
    holes: Vec<Option<u8>>,
}

fn long(count: usize, last: &str) -> String {
    let pairs = (0..count).map(|idx| match idx % 4 {
        0 => format!("texts={idx}"),
        1 => format!("numbers={idx}"),
        2 => format!("flags={}", idx % 8 == 2),
        _ => "holes=".to_owned(),
    });
    pairs.chain([last.to_owned()]).collect::<Vec<_>>().join("&")
}

#[test]
fn long_queries_of_each_type_are_deserialized() {
    for count in [4, 96, 100, 104, 400, 996] {
        let long: Long = query(&long(count, "n=7")).unwrap_or_else(|rejection| {
            panic!("{count} pairs: {rejection}");
        });
        assert_eq!(long.part, Some(Part { n: 7 }), "{count} pairs");
        assert_eq!(long.lists.texts.len(), count / 4);
        assert_eq!(long.lists.numbers.len(), count / 4);
        assert_eq!(long.lists.flags.len(), count / 4);
        assert_eq!(long.lists.holes, vec![None; count / 4]);
    }
}

#[test]
fn invalid_value_after_many_pairs_is_named() {
    for count in [4, 96, 100, 104, 400, 996] {
        let rejection = query::<Long>(&long(count, "n=x")).expect_err("`n` is no number");
        assert_eq!(rejection.errors()[0].name, "n", "{count} pairs");
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Map {
    text: Option<String>,
    digits: String,
    #[serde(flatten)]
    empty: Empty,
    #[serde(flatten)]
    rest: BTreeMap<String, u64>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Empty {
    none: Option<u32>,
    some: Option<String>,
    word: String,
}

#[test]
fn fields_next_to_a_long_map_are_deserialized() {
    for count in [1, 97, 200, 990] {
        let rest = (0..count).map(|idx| format!("k{idx}={idx}"));
        let text = ["text=", "digits=007", "none=", "some=", "word=7"];
        let text = text.map(str::to_owned).into_iter().chain(rest);
        let map: Map = query(&text.collect::<Vec<_>>().join("&")).expect("it is read");
        assert_eq!(map.text.as_deref(), Some(""));
        assert_eq!(map.digits, "007");
        let empty = Empty {
            none: None,
            some: Some(String::new()),
            word: "7".to_owned(),
        };
        assert_eq!(map.empty, empty, "{count} keys");
        assert_eq!(map.rest.len(), count);
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct OfLists {
    #[serde(flatten)]
    part: Digits,
    #[serde(flatten)]
    rest: BTreeMap<String, Vec<u64>>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Digits {
    digits: String,
}

#[test]
fn query_with_too_many_attempts_is_rejected() {
    let text = |count: usize| {
        let rest = (0..count).map(|idx| format!("k{idx}={idx}"));
        let all = rest.chain(["digits=007".to_owned()]);
        all.collect::<Vec<_>>().join("&")
    };
    let read: OfLists = query(&text(99)).expect("it is read");
    assert_eq!(read.rest.len(), 99);
    let rejection = query::<OfLists>(&text(990)).expect_err("it takes too long");
    let detail = "the query cannot be read: it has too many fields";
    assert_eq!(rejection.detail(), detail);
}

/// A type with its own error message, as types of libraries have.
#[derive(Debug, PartialEq)]
struct Day(u8);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = text.strip_prefix("day-").and_then(|day| day.parse().ok());
        day.map(Day)
            .ok_or_else(|| serde::de::Error::custom("a day is `day-7`"))
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Range {
    #[serde(flatten)]
    days: Days,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Days {
    note: Option<String>,
    from: Option<Day>,
    to: Option<Day>,
    third: Option<Day>,
}

#[test]
fn empty_values_of_a_type_with_its_own_message_are_none() {
    for (text, from, to) in [
        ("note=&from=&to=&third=", None, None),
        ("third=&to=&from=&note=", None, None),
        ("note=&from=day-1&to=&third=", Some(1), None),
        ("note=&from=&to=day-2&third=", None, Some(2)),
        ("note=&from=day-1&to=day-2&third=", Some(1), Some(2)),
    ] {
        let range: Range = query(text).unwrap_or_else(|rejection| panic!("{text}: {rejection}"));
        assert_eq!(range.days.from, from.map(Day), "{text}");
        assert_eq!(range.days.to, to.map(Day), "{text}");
        assert_eq!(range.days.third, None, "{text}");
        assert_eq!(range.days.note.as_deref(), Some(""), "{text}");
    }
    let rejection = query::<Range>("note=&from=&to=7&third=").expect_err("7 is no day");
    assert_eq!(rejection.errors()[0].name, "to");
}

#[derive(Debug, PartialEq, Deserialize)]
struct Hidden {
    #[serde(flatten)]
    days: Option<Days>,
    #[serde(flatten)]
    size: Option<Size>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Size {
    width: Option<u32>,
    height: Option<u32>,
}

#[test]
fn flattened_option_hides_no_invalid_value() {
    for (text, name) in [
        ("width=x", "width"),
        ("width=1&height=x", "height"),
        ("from=x", "from"),
        ("from=day-1&to=x", "to"),
        ("from=&to=x", "to"),
    ] {
        let rejection = match query::<Hidden>(text) {
            Ok(hidden) => panic!("{text}: {hidden:?}"),
            Err(rejection) => rejection,
        };
        assert_eq!(rejection.errors()[0].name, name, "{text}");
    }
    let hidden: Hidden = query("from=&to=day-2&width=&height=3").expect("it is read");
    let days = hidden.days.expect("it is there");
    assert_eq!((days.from, days.to), (None, Some(Day(2))));
    let size = hidden.size.expect("it is there");
    assert_eq!((size.width, size.height), (None, Some(3)));
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum DayOrText {
    Day(Day),
    Text(String),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Noted {
    #[serde(flatten)]
    note: Option<Note>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Note {
    day: Option<DayOrText>,
    note: Option<String>,
}

#[test]
fn value_that_another_variant_accepts_is_valid() {
    for (text, day) in [
        ("day=abc&note=&other=x", DayOrText::Text("abc".to_owned())),
        ("note=&day=", DayOrText::Text(String::new())),
        ("note=&day=day-1", DayOrText::Day(Day(1))),
    ] {
        let noted: Noted = query(text).unwrap_or_else(|rejection| panic!("{text}: {rejection}"));
        let (day, note) = (Some(day), Some(String::new()));
        assert_eq!(noted.note, Some(Note { day, note }), "{text}");
    }
}
