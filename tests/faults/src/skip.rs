//! The message about tests that are left out.

use std::collections::BTreeSet;
use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::backend::Backend;

static REPORTED: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Prints that the tests with a backend are left out, once for each reason.
///
/// The current test has the thread's name. Each later test of the program with the same reason prints nothing.
///
/// # Panics
///
/// Panics if no test may be left out.
pub(crate) fn report(reason: &'static str, backend: Backend, how: &str) {
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test");
    let message = format!(
        "{}: the tests with {backend} are left out, from `{test}` on; {how}",
        program()
    );
    assert!(
        env::var("HIGHBALL_TEST_BACKENDS").as_deref() != Ok("required"),
        "{message}"
    );
    let mut reported = REPORTED.lock().unwrap_or_else(PoisonError::into_inner);
    if reported.insert(reason) {
        // `eprintln!` would be captured, and shown only if the test fails.
        let _closed = writeln!(io::stderr(), "{message}");
    }
}

/// Returns the name of the test program, without the hash that cargo appends.
fn program() -> String {
    let path = env::args().next().unwrap_or_default();
    let name = Path::new(&path).file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    match name.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 => name.to_owned(),
        _ => name.into_owned(),
    }
}
