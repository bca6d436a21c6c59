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
    #[path = "derive.rs"]
    mod derive;
    #[path = "fallback-with-a-session.rs"]
    mod fallback_with_a_session;
    #[path = "guard-before-the-middleware.rs"]
    mod guard_before_the_middleware;
    #[path = "login-without-a-new-id.rs"]
    mod login_without_a_new_id;
    #[path = "no-guard-against-other-sites.rs"]
    mod no_guard_against_other_sites;
    #[path = "no-middleware.rs"]
    mod no_middleware;
    #[path = "not-an-identity.rs"]
    mod not_an_identity;
    #[path = "one-key-two-types.rs"]
    mod one_key_two_types;

    #[tokio::test]
    async fn twins_run() {
        derive::main();
        fallback_with_a_session::main();
        guard_before_the_middleware::main();
        login_without_a_new_id::main();
        no_guard_against_other_sites::main();
        no_middleware::main();
        not_an_identity::main();
        one_key_two_types::main();
    }
}
