//! Programs with a mistake, and the errors of the compiler. Each has a twin in `fixed` without the mistake.
//!
//! The twins are modules of this test. With `TestCases::pass`, the dependencies would be compiled once more.

#![allow(
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction,
    dead_code,
    unreachable_pub
)]

#[test]
fn each_mistake_has_its_error() {
    let programs = trybuild::TestCases::new();
    programs.compile_fail("tests/ui/*.rs");
}

#[path = "ui/fixed"]
mod twins {
    #[path = "no-document.rs"]
    mod no_document;
    #[path = "no-schema.rs"]
    mod no_schema;
    #[path = "strict-response.rs"]
    mod strict_response;
    #[path = "strict-status.rs"]
    mod strict_status;
    #[path = "two-types-of-one-name.rs"]
    mod two_types_of_one_name;

    #[test]
    fn twins_run() {
        no_document::main();
        no_schema::main();
        strict_response::main();
        strict_status::main();
        two_types_of_one_name::main();
    }
}
