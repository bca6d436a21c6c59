//! How queries and forms are read into types, and how a client is told what is wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
};

use highball::{Either, TestResponse, prelude::*};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
struct Page {
    page: Option<u32>,
    size: u32,
}

#[derive(Debug, Deserialize)]
struct Flat {
    q: String,
    #[serde(flatten)]
    page: Page,
}

#[derive(Debug, Deserialize)]
struct Inner {
    page: u32,
}

#[derive(Debug, Deserialize)]
struct MaybeFlat {
    #[serde(flatten)]
    inner: Option<Inner>,
    id: Option<Id>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Id {
    N(u64),
    F(f64),
    B(bool),
    T(String),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Shape {
    Circle { radius: f64, name: String },
    Lines { at: Vec<u8>, open: bool },
}

#[derive(Debug, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Beside {
    Number(u8),
    Words(Vec<String>),
}

#[derive(Debug, Deserialize)]
struct WithId {
    id: Id,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Asc,
    Desc,
}

/// Reads as libraries do: its own words for what it refuses.
#[derive(Debug)]
struct Day(u8);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = text.strip_prefix("day-").and_then(|day| day.parse().ok());
        day.map(Day)
            .ok_or_else(|| serde::de::Error::custom("a day is `day-7`"))
    }
}

#[derive(Debug, Deserialize)]
struct Meters(#[allow(dead_code)] f64);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Empty {
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
struct EmptyFlat {
    #[serde(flatten)]
    empty: Empty,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Many {
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
struct Addr {
    #[allow(dead_code)]
    addr: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    #[allow(dead_code)]
    a: Option<u8>,
}

/// Declares a route per type that shows what was read.
macro_rules! shows {
    ($($name:ident $path:literal $ty:ty),* $(,)?) => {$(
        #[get($path)]
        async fn $name(value: Query<$ty>) -> String {
            format!("{:?}", value.0)
        }
    )*};
}

shows! {
    flat "/flat" Flat,
    maybe "/maybe" MaybeFlat,
    with_id "/id" WithId,
    shape "/shape" Shape,
    beside "/beside" Beside,
    empty "/empty" Empty,
    empty_flat "/empty-flat" EmptyFlat,
    many "/many" Many,
    addr "/addr" Addr,
    strict "/strict" Strict,
    pairs "/pairs" Vec<(String, u8)>,
    map "/map" BTreeMap<String, Vec<String>>,
}

#[get("/number/{n}")]
async fn number(n: NonZeroU32) -> String {
    n.to_string()
}

#[get("/small/{n}")]
async fn small(n: u8) -> String {
    n.to_string()
}

#[post("/form")]
async fn form(value: Form<Flat>) -> String {
    format!("{:?}", value.0)
}

#[derive(Debug, Deserialize)]
struct Order {
    name: String,
    lines: Vec<Line>,
    #[serde(flatten)]
    page: Option<Page>,
}

#[derive(Debug, Deserialize)]
struct Line {
    count: u8,
}

#[post("/json")]
async fn in_json(value: Json<Order>) -> String {
    format!("{:?}", value.0)
}

#[post("/flat-json")]
async fn flat_json(value: Json<Flat>) -> String {
    format!("{:?}", value.0)
}

#[post("/either")]
async fn either(value: Either<Json<Flat>, Form<Flat>>) -> String {
    match value {
        Either::Left(value) => format!("{:?}", value.0),
        Either::Right(value) => format!("{:?}", value.0),
    }
}

#[routes(app)]
struct Api(
    flat,
    maybe,
    with_id,
    shape,
    beside,
    empty,
    empty_flat,
    many,
    addr,
    strict,
    pairs,
    map,
    number,
    small,
    form,
    in_json,
    flat_json,
    either,
);

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn values_are_read_as_the_type_asks() {
    for (path, expected) in [
        (
            "/flat?q=5&size=10",
            r#"Flat { q: "5", page: Page { page: None, size: 10 } }"#,
        ),
        (
            "/flat?size=007&q=007&page=3&other=1",
            r#"Flat { q: "007", page: Page { page: Some(3), size: 7 } }"#,
        ),
        (
            "/flat?size=1&q=a&page=",
            r#"Flat { q: "a", page: Page { page: None, size: 1 } }"#,
        ),
        (
            "/maybe?page=3",
            "MaybeFlat { inner: Some(Inner { page: 3 }), id: None }",
        ),
        (
            "/maybe?id=x",
            r#"MaybeFlat { inner: None, id: Some(T("x")) }"#,
        ),
        (
            "/maybe?page=3&id=3",
            "MaybeFlat { inner: Some(Inner { page: 3 }), id: Some(N(3)) }",
        ),
        ("/id?id=5", "WithId { id: N(5) }"),
        ("/id?id=-1.5", "WithId { id: F(-1.5) }"),
        ("/id?id=true", "WithId { id: B(true) }"),
        ("/id?id=5x", r#"WithId { id: T("5x") }"#),
        ("/id?id=", r#"WithId { id: T("") }"#),
        (
            "/shape?kind=circle&radius=2&name=7",
            r#"Circle { radius: 2.0, name: "7" }"#,
        ),
        (
            "/shape?at=1&kind=lines&open=on",
            "Lines { at: [1], open: true }",
        ),
        (
            "/shape?at=1&at=2&kind=lines&open=false",
            "Lines { at: [1, 2], open: false }",
        ),
        ("/beside?t=Number&c=7", "Number(7)"),
        ("/beside?c=7&t=Number", "Number(7)"),
        ("/beside?c=7&c=8&t=Words", r#"Words(["7", "8"])"#),
        (
            "/empty?d=&e=&m=&n=&b=&l=&s=",
            r#"Empty { d: None, e: None, m: None, n: None, b: None, l: None, s: Some("") }"#,
        ),
        (
            "/empty-flat?s=&d=&e=&m=&n=&b=&l=",
            r#"EmptyFlat { empty: Empty { d: None, e: None, m: None, n: None, b: None, l: None, s: Some("") } }"#,
        ),
        (
            "/empty-flat?d=day-7&e=asc&m=1&n=2&b=true&l=3&s=4",
            r#"EmptyFlat { empty: Empty { d: Some(Day(7)), e: Some(Asc), m: Some(Meters(1.0)), n: Some(2), b: Some(true), l: Some([3]), s: Some("4") } }"#,
        ),
        ("/pairs?a=1&b=2&a=3", r#"[("a", 1), ("b", 2), ("a", 3)]"#),
        (
            "/map?a=1&b=2&a=3&x+y=%C3%A4+b",
            r#"{"a": ["1", "3"], "b": ["2"], "x y": ["ä b"]}"#,
        ),
        ("/strict", "Strict { a: None }"),
    ] {
        let response = Api.test().get(path).send().await;
        assert_eq!(response.text(), expected, "{path}");
    }
    let path = format!(
        "/many?big={}&low={}&set=2&set=1&two=1&two=a",
        u128::MAX,
        i128::MIN
    );
    let response = Api.test().get(&path).send().await;
    let text = response.text();
    assert!(
        text.contains(&u128::MAX.to_string()) && text.contains("{1, 2}"),
        "{text}"
    );
    assert!(text.contains(r#"Some((1, "a"))"#), "{text}");
}

/// Words that are other libraries', or names of the types above.
const FOREIGN: [&str; 12] = [
    "invalid",
    "digit",
    "unsupported",
    "EOF",
    "expected u",
    "struct ",
    "enum",
    "Page",
    "Flat",
    "Order",
    "trailing",
    "untagged",
];

#[track_caller]
fn assert_told(response: &TestResponse, status: u16, name: &str, detail: &str) {
    let problem: Value = response.json();
    assert_eq!(response.status(), status, "{problem}");
    assert_eq!(problem["detail"], detail);
    assert_eq!(
        problem["errors"][0]["name"].as_str().unwrap_or_default(),
        name,
        "{problem}"
    );
    let text = problem.to_string();
    let foreign = FOREIGN.iter().find(|word| text.contains(**word));
    assert!(foreign.is_none(), "{foreign:?} in {text}");
}

#[tokio::test]
async fn wrong_values_are_told_in_one_voice() {
    for (path, name, detail) in [
        ("/flat?q=a", "size", "the query parameter `size` is missing"),
        (
            "/flat?q=a&size=x",
            "size",
            "the query parameter `size` must be a `u32`, not `x`",
        ),
        (
            "/flat?q=a&size=",
            "size",
            "the query parameter `size` must be a `u32`, not empty",
        ),
        (
            "/flat?q=a&size=1&page=-1",
            "page",
            "the query parameter `page` must be a `u32`, 0 to 4294967295, not `-1`",
        ),
        (
            "/flat?q=a&size=1&size=2",
            "size",
            "the query parameter `size` is given 2 times, and one value is expected",
        ),
        (
            "/maybe?page=abc",
            "page",
            "the query parameter `page` must be a `u32`, not `abc`",
        ),
        (
            "/shape?kind=x",
            "kind",
            "the query parameter `kind` must be one of `circle`, `lines`, not `x`",
        ),
        (
            "/shape?kind=circle&radius=wide&name=a",
            "radius",
            "the query parameter `radius` must be an `f64`, not `wide`",
        ),
        (
            "/many?a=300",
            "a",
            "the query parameter `a` must be a `u8`, 0 to 255, not `300`",
        ),
        (
            "/many?a=x",
            "a",
            "the query parameter `a` must be a `u8`, not `x`",
        ),
        (
            "/many?a=1&a=2",
            "a",
            "the query parameter `a` is given 2 times, and one value is expected",
        ),
        (
            "/many?z=0",
            "z",
            "the query parameter `z` must be a `u32` other than 0, not `0`",
        ),
        (
            "/many?sort=up",
            "sort",
            "the query parameter `sort` must be one of `asc`, `desc`, not `up`",
        ),
        (
            "/many?day=7",
            "day",
            "the query parameter `day` cannot be `7`: a day is `day-7`",
        ),
        (
            "/empty-flat?d=7",
            "d",
            "the query parameter `d` cannot be `7`: a day is `day-7`",
        ),
        (
            "/many?set=1&set=x",
            "set",
            "the query parameter `set` must be a `u8`, not `x`",
        ),
        (
            "/many?c=ab",
            "c",
            "the query parameter `c` must be a single character, not `ab`",
        ),
        (
            "/addr?addr[city]=x",
            "addr",
            "the query parameter `addr` is missing: brackets in a key have no meaning",
        ),
        (
            "/strict?b=1",
            "b",
            "the query parameter `b` is not expected; write `a`",
        ),
        (
            "/many?x=%ff",
            "x",
            "the query parameter `x` is not valid percent-encoded UTF-8: `%ff`",
        ),
        (
            "/map?tag=%zz",
            "tag",
            "the query parameter `tag` is not valid percent-encoded UTF-8: `%zz`",
        ),
        (
            "/number/0",
            "n",
            "the path parameter `n` must be a `u32` other than 0, not `0`",
        ),
        (
            "/small/300",
            "n",
            "the path parameter `n` must be a `u8`, 0 to 255, not `300`",
        ),
        (
            "/small/x",
            "n",
            "the path parameter `n` must be a `u8`, not `x`",
        ),
    ] {
        println!("{path}");
        assert_told(&Api.test().get(path).send().await, 400, name, detail);
    }
}

async fn post(path: &str, content_type: &str, body: impl Into<Bytes>) -> TestResponse {
    let request = Api.test().post(path).body(body);
    request
        .header(header::CONTENT_TYPE, content_type)
        .send()
        .await
}

#[tokio::test]
async fn wrong_bodies_are_told_in_the_same_voice() {
    let json = "application/json";
    let shape = "the JSON does not match the expected structure: ";
    for (path, content_type, body, status, name, detail) in [
        (
            "/form",
            FORM,
            &b"q=a"[..],
            422,
            "size",
            "the form field `size` is missing",
        ),
        (
            "/form",
            FORM,
            b"q=a&size=x",
            422,
            "size",
            "the form field `size` must be a `u32`, not `x`",
        ),
        (
            "/form",
            FORM,
            b"q=a\xff&size=x",
            400,
            "q",
            "the form field `q` is not valid percent-encoded UTF-8: `a\\xff`",
        ),
        (
            "/either",
            json,
            b"{\"q\":\"a\"}",
            422,
            "/size",
            &format!("{shape}`/size` is missing"),
        ),
        (
            "/either",
            FORM,
            b"q=a",
            422,
            "size",
            "the form field `size` is missing",
        ),
        (
            "/either",
            "text/plain",
            b"q=a",
            415,
            "",
            "the body must be JSON, with `Content-Type: application/json`; or the body must be a form, with `Content-Type: application/x-www-form-urlencoded`",
        ),
        (
            "/json",
            json,
            b"",
            400,
            "",
            "the JSON ends too early: the body is empty",
        ),
        (
            "/json",
            json,
            b"{\"name\":",
            400,
            "",
            "the JSON ends too early, at line 1, column 8",
        ),
        (
            "/json",
            json,
            b"{\"name\":\"a\",}",
            400,
            "",
            "the body is not JSON: a comma is followed by nothing at line 1, column 13",
        ),
        (
            "/json",
            json,
            b"{}",
            422,
            "/name",
            &format!("{shape}`/name` is missing"),
        ),
        (
            "/json",
            json,
            b"[]",
            422,
            "",
            &format!("{shape}it must be an object, not a list"),
        ),
        (
            "/json",
            json,
            b"{\"name\":\"a\",\"lines\":[{\"count\":300}]}",
            422,
            "/lines/0/count",
            &format!("{shape}`/lines/0/count` must be a `u8`, 0 to 255, not `300`"),
        ),
        (
            "/json",
            json,
            b"{\"name\":\"a\",\"lines\":[{}]}",
            422,
            "/lines/0/count",
            &format!("{shape}`/lines/0/count` is missing"),
        ),
        (
            "/flat-json",
            json,
            b"{\"q\":\"a\",\"size\":\"10\"}",
            422,
            "/size",
            &format!("{shape}`/size` must be a `u32`, not `\"10\"`"),
        ),
    ] {
        println!("{path} {}", body.escape_ascii());
        assert_told(&post(path, content_type, body).await, status, name, detail);
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Whole {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<String>,
    #[serde(default)]
    list: Vec<i32>,
    #[serde(flatten)]
    part: Part,
    id: Key,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Part {
    number: i64,
    float: f64,
    flag: bool,
    word: String,
    #[serde(default)]
    words: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Number(u64),
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Kind {
    One { one: u8 },
    Two { two: String },
}

#[post("/whole")]
async fn whole(value: Form<Whole>) -> Form<Whole> {
    value
}

#[routes(app)]
struct Echo(whole);

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            ".{0,8}",
            "[0-9]{1,3}",
            Just("true".to_owned()),
            Just("1e3".to_owned())
        ]
    }

    fn value() -> impl Strategy<Value = Whole> {
        let part = (
            any::<i64>(),
            -1e9..1e9,
            any::<bool>(),
            text(),
            prop::collection::vec(text(), 0..3),
        );
        let part = part.prop_map(|(number, float, flag, word, words)| Part {
            number,
            float,
            flag,
            word,
            words,
        });
        let kind = prop_oneof![
            any::<u8>().prop_map(|one| Kind::One { one }),
            text().prop_map(|two| Kind::Two { two }),
        ];
        let id = prop_oneof![
            any::<u64>().prop_map(Key::Number),
            "[a-z]{0,5}".prop_map(Key::Text),
        ];
        let list = prop::collection::vec(any::<i32>(), 0..3);
        let maybe = prop::option::of(text());
        let all = (text(), maybe, list, part, id, kind);
        all.prop_map(|(text, maybe, list, part, id, kind)| Whole {
            text,
            maybe,
            list,
            part,
            id,
            kind,
        })
    }

    proptest! {
        /// What a form is written as is read back, and written the same.
        #[test]
        fn a_written_form_is_read_back(value in value()) {
            let sent = serde_html_form::to_string(&value).expect("a form");
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            let request = Echo.test().post("/whole").body(sent.clone());
            let response = runtime.block_on(request.header(header::CONTENT_TYPE, FORM).send());
            let got = response.text().to_owned();
            prop_assert_eq!(sent, got);
        }
    }
}
