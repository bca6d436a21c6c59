//! Programs with a mistake, and the errors of the compiler. Each has a twin in `fixed` without the mistake, apart from
//! those of contracts: `examples/orders` has contracts.
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

use std::{fs, path::Path};

/// Puts the contracts where trybuild compiles the programs.
fn copy_contracts() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("the directory of the build");
    let to = target.join("tests/trybuild/highball-jobs/contracts");
    fs::create_dir_all(&to).expect("a directory");
    for file in fs::read_dir("tests/ui/contracts").expect("the contracts") {
        let file = file.expect("a contract");
        fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
    }
}

#[test]
fn each_mistake_has_its_error() {
    copy_contracts();
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[path = "ui/fixed"]
mod twins {
    #[path = "consumer.rs"]
    mod consumer;
    #[path = "no-timeout.rs"]
    mod no_timeout;
    #[path = "options.rs"]
    mod options;
    #[path = "schedule.rs"]
    mod schedule;
    #[path = "state.rs"]
    mod state;
    #[path = "zone.rs"]
    mod zone;

    #[test]
    fn twins_run() {
        consumer::main();
        no_timeout::main();
        options::main();
        schedule::main();
        state::main();
        zone::main();
    }
}
