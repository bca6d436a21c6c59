//! The types of the generated vectors.

use std::path::PathBuf;

use crate::Answer;

/// The routes and requests of a set.
#[derive(Debug)]
pub struct Set {
    /// The name of the source and of the set.
    pub id: &'static str,
    /// The methods and patterns of the app.
    pub routes: &'static [(&'static str, &'static str)],
    /// The patterns that Highball rejects, which the app does not contain.
    pub refused: &'static [&'static str],
    /// The requests.
    pub requests: &'static [Request],
    /// A function that sends requests, given as methods and paths, to the app.
    pub ask: fn(&[(&str, &str)]) -> Vec<Answer>,
}

/// A request of a set.
#[derive(Debug)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The path in the source, which can contain unescaped characters.
    pub path: &'static str,
    /// Whether all routers agree on the result.
    pub tier: Tier,
    /// The result in the source.
    pub expected: Expected,
}

/// The matched pattern, with its parameters if the source contains them, or `None`.
pub type Expected = Option<(&'static str, Option<Params>)>;

/// The names and values of parameters, in the order of the path.
pub type Params = &'static [(&'static str, &'static str)];

/// Whether all routers agree on a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// All routers agree.
    Core,
    /// Routers differ, so Highball's rules decide.
    Disputed,
}

/// Patterns that all other routers accept (`core`), but Highball's grammar rejects.
// FIXME: text before a catch-all, the first kind, is accepted by all other routers.
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

/// Returns the folder of the vectors next to the checkout, if it exists.
pub fn folder() -> Option<PathBuf> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = own.ancestors().nth(3)?.join("shared/vectors");
    folder.is_dir().then_some(folder)
}

/// Prints the counts of a test, or that there are no vectors.
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
