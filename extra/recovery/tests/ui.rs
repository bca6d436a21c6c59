//! Programs with a mistake, and the errors of the compiler. Each has a twin in `fixed` without the mistake.

#![allow(missing_docs, unreachable_pub)]

#[test]
fn each_mistake_has_its_error() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[path = "ui/fixed/restart-first.rs"]
mod restart_first;

#[test]
fn twins_run() {
    restart_first::main();
}
