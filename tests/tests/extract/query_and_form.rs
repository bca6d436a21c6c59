//! Deserialization of queries and forms, and the messages for invalid input.

mod app;
mod corpus;
mod large_inputs;
mod raw_octets;
mod round_trip;
mod types;
mod validation;

use highball::{prelude::*, testing::TestResponse};

const FORM: &str = "application/x-www-form-urlencoded";

/// Words from messages of other libraries, and names of the types in these tests.
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

/// Asserts the status, the detail and the name of the first error, and that no foreign word is in the response.
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
