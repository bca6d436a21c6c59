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
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[path = "ui/fixed"]
mod twins {
    #[path = "below-a-value.rs"]
    mod below_a_value;
    #[path = "beyond-all-bounds.rs"]
    mod beyond_all_bounds;
    #[path = "for-in-seconds.rs"]
    mod for_in_seconds;
    #[path = "misspelt-handler.rs"]
    mod misspelt_handler;
    #[path = "mounted-twice.rs"]
    mod mounted_twice;
    #[path = "name-twice.rs"]
    mod name_twice;
    #[path = "no-bound.rs"]
    mod no_bound;
    #[path = "not-mounted.rs"]
    mod not_mounted;
    #[path = "share-in-percent.rs"]
    mod share_in_percent;
    #[path = "unknown-condition.rs"]
    mod unknown_condition;
    #[path = "unknown-urgency.rs"]
    mod unknown_urgency;

    #[test]
    fn twins_run() {
        below_a_value::main();
        beyond_all_bounds::main();
        for_in_seconds::main();
        misspelt_handler::main();
        mounted_twice::main();
        name_twice::main();
        no_bound::main();
        not_mounted::main();
        share_in_percent::main();
        unknown_condition::main();
        unknown_urgency::main();
    }
}
