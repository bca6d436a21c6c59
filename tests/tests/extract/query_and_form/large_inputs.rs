//! Very long queries and forms.

use std::{fmt::Write, time::Instant};

use highball::{prelude::*, testing::TestResponse};

use super::{FORM, app::Api, assert_told};

async fn send(path: &str, body: String) -> TestResponse {
    let request = Api.test().post(path).body(body);
    request.header(header::CONTENT_TYPE, FORM).send().await
}

fn pairs(count: usize, pair: impl Fn(usize) -> String) -> String {
    let pairs: Vec<_> = (0..count).map(pair).collect();
    pairs.join("&")
}

#[tokio::test]
async fn thousand_values_of_each_kind_are_accepted() {
    let body = pairs(1000, |idx| match idx % 4 {
        0 => format!("ids={idx}"),
        1 => format!("ids=-{idx}.5"),
        2 => "ids=true".to_owned(),
        _ => format!("ids=x{idx}"),
    });
    let expected = (0..1000).fold(String::new(), |mut text, idx| {
        let comma = if idx == 0 { "" } else { ", " };
        let _in_memory = match idx % 4 {
            0 => write!(text, "{comma}N({idx})"),
            1 => write!(text, "{comma}F(-{idx}.5)"),
            2 => write!(text, "{comma}B(true)"),
            _ => write!(text, "{comma}T(\"x{idx}\")"),
        };
        text
    });
    let begun = Instant::now();
    let response = send("/long", body).await;
    println!("{:?}", begun.elapsed());
    let expected = format!(
        "FlatLists {{ lists: Lists {{ words: [], maybe: None, holes: [], ids: [{expected}] }} }}"
    );
    assert_eq!(response.text(), expected);
}

#[tokio::test]
async fn thousand_keys_are_accepted() {
    let body = pairs(1000, |idx| format!("k{idx}={idx}"));
    let begun = Instant::now();
    let response = send("/long-rest", body).await;
    println!("{:?}", begun.elapsed());
    assert_eq!(response.status(), 200);
    assert!(response.text().contains("\"k999\": 999"));
}

#[tokio::test]
async fn invalid_value_among_a_thousand_is_named() {
    let body = pairs(1000, |idx| match idx {
        900 => "k900=x".to_owned(),
        _ => format!("k{idx}={idx}"),
    });
    let begun = Instant::now();
    let response = send("/long-rest", body).await;
    println!("{:?}", begun.elapsed());
    let detail = "the form field `k900` must be a `u64`, not `x`";
    assert_told(&response, 422, "k900", detail);
}

#[tokio::test]
async fn more_than_a_thousand_fields_are_rejected() {
    for body in [
        pairs(1001, |idx| format!("ids={idx}")),
        "&".repeat(1_000_000),
    ] {
        let response = send("/long", body).await;
        assert_told(&response, 400, "", "the form has more than 1000 fields");
    }
}
