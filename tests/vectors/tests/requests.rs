//! `sets[]`: every request has the result of all other routers or, if these differ, that of Highball's rules.

use highball_vectors::{
    Answer, Expected, REFUSED_CORE, Request, Set, Tier, report,
    slow::{self, Pattern, Verdict},
};

include!(concat!(env!("OUT_DIR"), "/sets.rs"));

/// The number of requests of each kind.
#[derive(Default)]
struct Counts {
    core: usize,
    disputed: usize,
    as_source: usize,
    bad_escapes: usize,
    refused: usize,
    unsendable: usize,
}

#[test]
fn requests_have_the_results_of_the_vectors() {
    let mut counts = Counts::default();
    for set in SETS {
        check(set, &mut counts);
    }
    report(
        "requests",
        &[
            ("core as every router", counts.core),
            ("disputed as our rules say", counts.disputed),
            ("of those as the source says", counts.as_source),
            (
                "sent again with their bad escapes, answered 400",
                counts.bad_escapes,
            ),
            (
                "core skipped, whose pattern our grammar refuses",
                counts.refused,
            ),
            ("skipped, whose path HTTP cannot send", counts.unsendable),
        ],
    );
}

fn check(set: &Set, counts: &mut Counts) {
    for request in set.requests {
        let path = slow::encode(request.path);
        if !path.starts_with('/') {
            // This applies to a disputed request too: only the grammar of HTTP decides.
            counts.unsendable += 1;
            continue;
        }
        let ours = rules(set, request.method, &path);
        let as_source = agrees(&ours, request.expected);
        if request.tier == Tier::Disputed {
            println!("disputed, {}: {} is {ours:?}", set.id, request.path);
            counts.disputed += 1;
            counts.as_source += usize::from(as_source);
        } else if is_refused(set, request.expected) {
            counts.refused += 1;
        } else {
            assert!(as_source, "the rules: {}: {request:?}: {ours:?}", set.id);
            counts.core += 1;
        }
        let answer = ask(set, request.method, &path);
        assert_eq!(answer.route, ours, "{}: {request:?}", set.id);
        let missed = if answer.route.is_some() {
            200
        } else {
            answer.status
        };
        assert!(
            matches!(missed, 200 | 404 | 405),
            "{}: {request:?}: {answer:?}",
            set.id
        );
        if !slow::has_only_escapes(request.path) {
            check_bad_escape(set, request);
            counts.bad_escapes += 1;
        }
    }
}

/// The path with the literal `%` of the source, which does not begin an escape.
fn check_bad_escape(set: &Set, request: &Request) {
    let answer = ask(set, request.method, request.path);
    assert_eq!(answer.status, 400, "{}: {request:?}", set.id);
}

fn ask(set: &Set, method: &str, path: &str) -> Answer {
    (set.ask)(&[(method, path)]).remove(0)
}

type Route = Option<(String, Vec<(String, String)>)>;

/// Returns the result of the second implementation of the rules.
fn rules(set: &Set, method: &str, path: &str) -> Route {
    let routes = set.routes.iter().filter(|(own, _)| *own == method);
    let patterns: Vec<Pattern> = routes
        .map(|(_, pattern)| Pattern::parse(pattern).expect(pattern))
        .collect();
    match slow::find(&patterns, path) {
        Verdict::Route(idx, params) => Some((patterns[idx].text.clone(), params)),
        Verdict::BadValue(idx) => panic!("`{path}` has a bad value for `{}`", patterns[idx].text),
        Verdict::Missing => None,
    }
}

/// Returns whether the result is that of the source, as far as the source contains it.
fn agrees(ours: &Route, expected: Expected) -> bool {
    let (Some((pattern, params)), Some((expected, wanted))) = (ours, expected) else {
        return ours.is_none() && expected.is_none();
    };
    let params = params.iter().map(|(name, value)| (&**name, &**value));
    pattern == expected && wanted.is_none_or(|wanted| params.eq(wanted.iter().copied()))
}

/// Returns whether the result is a pattern that Highball rejects, but other routers accept.
fn is_refused(set: &Set, expected: Expected) -> bool {
    let Some((pattern, _)) = expected else {
        return false;
    };
    let known = REFUSED_CORE.iter().any(|(refused, _)| *refused == pattern);
    let refused = set.refused.contains(&pattern);
    assert_eq!(known, refused, "{}: `{pattern}`", set.id);
    refused
}
