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
    #[path = "no-such-pool.rs"]
    mod no_such_pool;
    #[path = "transaction-in-a-guard.rs"]
    mod transaction_in_a_guard;
    #[path = "two-of-one-pool.rs"]
    mod two_of_one_pool;

    #[tokio::test]
    async fn twins_run() {
        no_such_pool::main();
        transaction_in_a_guard::main();
        two_of_one_pool::main();
    }
}
