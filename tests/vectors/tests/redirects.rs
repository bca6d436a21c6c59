//! `redirects[]`: requests that other routers redirect because of a trailing slash, with `slash = redirect`.

use highball_vectors::{Answer, report};

include!(concat!(env!("OUT_DIR"), "/redirects.rs"));

struct Redirects {
    id: &'static str,
    cases: &'static [Case],
    ask: fn(&[(&str, &str)]) -> Vec<Answer>,
}

struct Case {
    method: &'static str,
    path: &'static str,
    /// The location of the redirect in the source, if any.
    to: &'static str,
    /// The source handles the path without a redirect.
    found: bool,
    /// The request depends neither on a header nor on an option of the source.
    plain: bool,
}

/// The source redirects these requests to an empty catch-all. In Highball a catch-all has at least one character, so no
/// route matches the location.
const ONLY_THEIRS: &[(&str, &str)] = &[("/src", "/src/"), ("/vendor/x", "/vendor/x/")];

#[test]
fn trailing_slash_is_redirected() {
    let (mut redirected, mut others, mut options, mut theirs) = (0, 0, 0, 0);
    for set in REDIRECTS {
        for case in set.cases {
            if !case.plain {
                options += 1;
                continue;
            }
            let answer = (set.ask)(&[(case.method, case.path)]).remove(0);
            let answer = (answer.status, &*answer.location);
            let expected = match case.to {
                "" if case.found => (200, ""),
                "" => (404, ""),
                to if ONLY_THEIRS.contains(&(case.path, to)) => (404, ""),
                to => (308, to),
            };
            assert_eq!(
                answer, expected,
                "{}: {} {}",
                set.id, case.method, case.path
            );
            let only_theirs = !case.to.is_empty() && expected.0 == 404;
            theirs += usize::from(only_theirs);
            redirected += usize::from(expected.0 == 308);
            others += usize::from(expected.0 != 308 && !only_theirs);
        }
    }
    report(
        "redirects",
        &[
            ("answered 308", redirected),
            ("found or missing as they stand", others),
            ("redirected by the source only", theirs),
            ("skipped, about options or headers of the source", options),
            ("skipped, about letter case and path repair", N_OTHER),
        ],
    );
}
