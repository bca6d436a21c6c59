//! The vectors as the build script writes them.

use std::path::PathBuf;

use crate::Answer;

/// The routes of one set, and what is asked of them.
#[derive(Debug)]
pub struct Set {
    /// The name of the source and of the set.
    pub id: &'static str,
    /// The methods and patterns that the app has.
    pub routes: &'static [(&'static str, &'static str)],
    /// The patterns that the project refuses, so that the app does not have them.
    pub refused: &'static [&'static str],
    /// The requests.
    pub requests: &'static [Request],
    /// Sends requests, as methods and paths, to the app.
    pub ask: fn(&[(&str, &str)]) -> Vec<Answer>,
}

/// One request of a set.
#[derive(Debug)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The path as the source has it, without escapes where it means none.
    pub path: &'static str,
    /// How much the source's answer binds.
    pub tier: Tier,
    /// The source's answer.
    pub expected: Expected,
}

/// The pattern that a request finds, and its parameters where the source says them; or nothing.
pub type Expected = Option<(&'static str, Option<Params>)>;

/// The names and values of parameters, in the path's order.
pub type Params = &'static [(&'static str, &'static str)];

/// How much an answer binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Every router gives it.
    Core,
    /// Routers differ: the project's own rules decide.
    Disputed,
}

/// Patterns that every peer accepts (`core`) and the project's grammar does not.
// FIXME: the first kind, text before a catch-all, is an answer that every router gives.
pub const REFUSED_CORE: &[(&str, &str)] = &[
    ("/yyy{*x}", "text before a catch-all"),
    ("/ab/hello{*xx}", "text before a catch-all"),
    ("/src2{*filepath}", "text before a catch-all"),
    ("/non-leading-{*catchall}", "text before a catch-all"),
    ("/foo/bar{*catchall}", "text before a catch-all"),
    ("/foo/{ba{{r}", "a name that no argument can have"),
    ("/bar/{ba}}r}", "a name that no argument can have"),
    ("/xxx/{x{{}}y}", "a name that no argument can have"),
];

/// Returns the folder of the vectors, beside the checkout, if it is there.
pub fn folder() -> Option<PathBuf> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = own.ancestors().nth(3)?.join("shared/vectors");
    folder.is_dir().then_some(folder)
}

/// Prints what a test has counted, or that there was nothing to count.
pub fn report(what: &str, counts: &[(&str, usize)]) {
    if folder().is_none() {
        println!("{what}: no `shared/vectors` beside the checkout, so nothing was tested");
        return;
    }
    assert!(
        counts.iter().any(|(_, n)| *n > 0),
        "{what}: the vectors are there, but not in the tests"
    );
    let counts: Vec<_> = counts
        .iter()
        .map(|(name, n)| format!("{n} {name}"))
        .collect();
    println!("{what}: {}", counts.join(", "));
}
