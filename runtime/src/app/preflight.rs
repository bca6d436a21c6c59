//! The route that a CORS preflight is about.
//!
//! A browser asks `OPTIONS` with the method that it wants to use. Where no route answers OPTIONS
//! itself, the chain of the route with that method runs around the derived answer: so a `Cors` (or any
//! part that answers preflights) works on a single route as it does on a group.

use http::{Method, header};

use crate::{
    app::{
        App,
        dispatch::{Target, group_of_steps},
    },
    request::{Head, Miss},
    routes::Route,
    table::{Allowed, Captures, Found},
};

/// Returns the way to the route that a preflight names, if the request is one and the path has it.
pub(crate) fn target<A: App>(head: &Head, allowed: &Allowed) -> Option<Target> {
    if head.method != Method::OPTIONS || !head.headers.contains_key(header::ORIGIN) {
        return None;
    }
    let asked = head.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    let route = route::<A>(head, &Method::from_bytes(asked.as_bytes()).ok()?)?;
    let alike = allowed.names().filter(|name| {
        *name == "OPTIONS"
            || Method::from_bytes(name.as_bytes())
                .ok()
                .and_then(|method| self::route::<A>(head, &method))
                .is_some_and(|other| is_alike(route, other))
    });
    let allow = alike.collect::<Vec<_>>().join(", ");
    Some(Target::miss(route.steps(), Miss::Preflight(allow)))
}

fn route<A: App>(head: &Head, method: &Method) -> Option<&'static Route> {
    // No handler runs, so what is captured is forgotten.
    match A::TABLE.find(method, head.uri.path(), &mut Captures::default()) {
        Found::Route(idx) => A::LISTING.get(usize::from(idx)),
        _ => None,
    }
}

/// Returns whether the same parts are around both routes: a browser keeps the answer for each method
/// that it lists, and another route may not allow what this one does.
fn is_alike(route: &'static Route, other: &'static Route) -> bool {
    std::ptr::eq(route, other)
        || (group_of_steps(route.steps()) == group_of_steps(other.steps())
            && !route.has_own_parts()
            && !other.has_own_parts())
}
