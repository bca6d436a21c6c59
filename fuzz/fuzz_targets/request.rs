//! Sends requests built from the fuzzer's input to an app that reads every part of a request.

#![no_main]

use libfuzzer_sys::{arbitrary, fuzz_target};

#[path = "../../tests/tests/arbitrary_requests/app.rs"]
mod app;

#[derive(Debug, arbitrary::Arbitrary)]
struct Input {
    path: u8,
    tail: String,
    headers: Vec<(u8, Vec<u8>)>,
    body: Vec<u8>,
}

fuzz_target!(|input: Input| {
    let headers = input.headers.into_iter().take(16);
    let headers: Vec<_> = headers.map(|(name, value)| (usize::from(name), value)).collect();
    app::send(usize::from(input.path), &input.tail, &headers, input.body);
});
