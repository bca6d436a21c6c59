//! Compares the route table with a slow matcher, on routes and requests built from the fuzzer's input.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../runtime/src/table/testing"]
mod table {
    pub use highball::__private::*;

    pub mod differ;
    mod generate;
    mod oracle;
    mod parse;
}

fuzz_target!(|bytes: &[u8]| table::differ::check(bytes));
