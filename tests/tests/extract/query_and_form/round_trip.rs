//! A serialized form is deserialized to the same value.

use highball::prelude::*;
use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use serde::{Deserialize, Serialize};

use super::FORM;

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
    /// A random value is serialized, sent as a form, and returned unchanged.
    #[test]
    fn serialized_form_is_deserialized_unchanged(value in value()) {
        let sent = serde_html_form::to_string(&value).expect("a form");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let request = Echo.test().post("/whole").body(sent.clone());
        let response = runtime.block_on(request.header(header::CONTENT_TYPE, FORM).send());
        let got = response.text().to_owned();
        prop_assert_eq!(sent, got);
    }
}
