//! How queries and forms are read into types, and how a client is told what is wrong.

mod app;
mod corpus;
mod large_inputs;
mod raw_octets;
mod round_trip;
mod types;
mod validation;

use highball::{prelude::*, testing::TestResponse};

const FORM: &str = "application/x-www-form-urlencoded";

/// Words that are other libraries', or names of the types here.
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

/// Asserts what a client is told.
#[track_caller]
fn assert_told(response: &TestResponse, status: u16, name: &str, detail: &str) {
    let problem: Value = response.json();
    assert_eq!(response.status(), status, "{problem}");
    assert_eq!(problem["detail"], detail);
    let told = problem["errors"][0]["name"].as_str().unwrap_or_default();
    assert_eq!(told, name, "{problem}");
    let text = problem.to_string();
    let foreign = FOREIGN.iter().find(|word| text.contains(**word));
    assert!(foreign.is_none(), "{foreign:?} in {text}");
}
