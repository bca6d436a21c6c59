//! Checks of alert rules that name a handler, in constant evaluation.

use std::time::Duration;

use crate::{
    const_text::ErrorText,
    routes::{
        info::Route,
        link::{is_in_group, is_same_handler},
        node::Node,
    },
};

/// Returns the route of a handler in an app, or an empty one if it is not mounted there exactly once, which
/// [`assert_mounted`] reports.
pub const fn mounted(
    routes: &'static [Route],
    handler: &Node,
    via: Option<&str>,
) -> &'static Route {
    match find(routes, handler, via) {
        (Some(route), None) => route,
        _ => &Route::EMPTY,
    }
}

/// Returns the first two routes of a handler.
const fn find(
    routes: &'static [Route],
    handler: &Node,
    via: Option<&str>,
) -> (Option<&'static Route>, Option<&'static Route>) {
    let (mut first, mut i) = (None, 0);
    // A handler whose attribute has a mistake has no definition.
    let Some(handler) = handler.definition() else {
        return (None, None);
    };
    while i < routes.len() {
        if is_same_handler(routes[i].definition(), handler) && is_in_group(&routes[i], via) {
            if first.is_some() {
                return (first, Some(&routes[i]));
            }
            first = Some(&routes[i]);
        }
        i += 1;
    }
    (first, None)
}

/// Fails to compile if an app does not have a handler that a rule names, or has it twice.
#[track_caller]
pub const fn assert_mounted(
    rule: &str,
    (app, root): (&str, &Node),
    routes: &'static [Route],
    handler: &Node,
    via: Option<&str>,
) {
    let Some(definition) = handler.definition() else {
        return;
    };
    let text = ErrorText::EMPTY.with("the rule `").with(rule);
    let text = text.with("` names `").with(definition.handler).with("`");
    let text = match find(routes, handler, via) {
        (Some(_), None) => return,
        // The app has a mistake, which was reported there.
        (None, _) if root.is_broken() => return,
        (None, _) => {
            let text = text.with(", which is not mounted in `").with(app);
            text.with("`: list it in a group of the app, or take the rule out")
        }
        (Some(first), Some(second)) => {
            let text = text
                .with(", which is mounted twice: at `")
                .with(first.path());
            let text = text.with("` and at `").with(second.path());
            text.with("`; choose one with `via = Group`")
        }
    };
    panic!("{}", text.as_str())
}

/// Fails to compile if a duration is no bound of the histogram of a route: one of all routes, in microseconds, or its
/// objective.
#[track_caller]
pub const fn assert_bound(
    rule: &str,
    route: &'static Route,
    bounds: &'static [u64],
    duration: Duration,
) {
    // A handler that is not mounted was reported.
    if route.path().is_empty() {
        return;
    }
    let micros = duration.as_micros() as u64;
    let (mut below, mut above) = (None, None);
    let (mut i, own) = (0, own_bound(route));
    while i <= bounds.len() {
        let bound = if i < bounds.len() {
            Some(bounds[i])
        } else {
            own
        };
        if let Some(bound) = bound {
            if bound == micros {
                return;
            }
            if bound < micros {
                below = larger(below, bound);
            } else {
                above = smaller(above, bound);
            }
        }
        i += 1;
    }
    let text = ErrorText::EMPTY.with("the rule `").with(rule);
    let text = with_duration(text.with("` compares with "), micros);
    let text = text.with(", and the histogram of `").with(route.path());
    let text = text.with("` has no bound there: write ");
    let text = match (below, above) {
        (Some(below), Some(above)) => with_duration(with_duration(text, below).with(" or "), above),
        (Some(bound), None) | (None, Some(bound)) => with_duration(text, bound),
        (None, None) => text.with("another duration"),
    };
    let text = text.with(", or make it the objective of the route, `slo(p99 = ..)`");
    panic!("{}", text.as_str())
}

const fn own_bound(route: &Route) -> Option<u64> {
    let Some(slo) = route.slo() else {
        return None;
    };
    match slo.latency() {
        Some(latency) => Some(latency.micros),
        None => None,
    }
}

const fn larger(bound: Option<u64>, other: u64) -> Option<u64> {
    match bound {
        Some(bound) if bound > other => Some(bound),
        _ => Some(other),
    }
}

const fn smaller(bound: Option<u64>, other: u64) -> Option<u64> {
    match bound {
        Some(bound) if bound < other => Some(bound),
        _ => Some(other),
    }
}

/// Appends a duration as it is written in the source.
const fn with_duration(text: ErrorText, micros: u64) -> ErrorText {
    if !micros.is_multiple_of(1000) {
        return text.with_number(micros as u32).with(" µs");
    }
    let millis = micros / 1000;
    match millis % 1000 {
        0 => text
            .with("`secs(")
            .with_number((millis / 1000) as u32)
            .with(")`"),
        _ => text.with("`millis(").with_number(millis as u32).with(")`"),
    }
}
