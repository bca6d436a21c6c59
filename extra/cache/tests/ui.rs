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
    #[cfg(feature = "highball")]
    programs.compile_fail("tests/routes_ui/*.rs");
}

#[path = "ui/fixed"]
mod twins {
    #[path = "arguments.rs"]
    mod arguments;
    #[path = "function.rs"]
    mod function;
    #[path = "not-a-key.rs"]
    mod not_a_key;
    #[path = "not-a-task.rs"]
    mod not_a_task;
    #[path = "options.rs"]
    mod options;
    #[path = "tags.rs"]
    mod tags;

    #[tokio::test]
    async fn twins_run() {
        arguments::main();
        function::main();
        not_a_key::main();
        not_a_task::main();
        options::main();
        tags::main();
    }
}

#[cfg(feature = "highball")]
#[path = "routes_ui/fixed"]
mod routes {
    #[path = "any-header.rs"]
    mod any_header;
    #[path = "credentials.rs"]
    mod credentials;
    #[path = "groups.rs"]
    mod groups;
    #[path = "guard-inside.rs"]
    mod guard_inside;
    #[path = "local-of-a-guard.rs"]
    mod local_of_a_guard;
    #[path = "local-that-may-be-absent.rs"]
    mod local_that_may_be_absent;
    #[path = "no-cache-in-the-state.rs"]
    mod no_cache_in_the_state;
    #[path = "options.rs"]
    mod options;
    #[path = "tags.rs"]
    mod tags;
    #[path = "writes.rs"]
    mod writes;

    #[tokio::test]
    async fn twins_run() {
        any_header::main();
        credentials::main();
        groups::main();
        guard_inside::main();
        local_of_a_guard::main();
        local_that_may_be_absent::main();
        no_cache_in_the_state::main();
        options::main();
        tags::main();
        writes::main();
    }
}
