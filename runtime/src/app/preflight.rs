//! Finds the route that a CORS preflight refers to.
//!
//! A browser sends OPTIONS with the method that the page will use. If no route handles OPTIONS itself, the chain
//! of the route with that method runs around the generated response. So `Cors`, or any other middleware that
//! answers preflights, works on a single route as it does on a group.

use http::{Method, header};

use crate::{
    app::{
        App, routes_of, table_of,
        target::{Target, group_of_handler},
    },
    request::{Head, Miss},
    routes::Route,
    table::{Allowed, Captures, Found},
};

/// Returns the target of the route that a preflight names. Returns `None` if the request is not a preflight or no
/// route has that path and method.
pub(super) fn target<A: App>(head: &Head, allowed: &Allowed) -> Option<Target> {
    if head.method != Method::OPTIONS || !head.headers.contains_key(header::ORIGIN) {
        return None;
    }
    let requested = head.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
    let route = find_route::<A>(head, &Method::from_bytes(requested.as_bytes()).ok()?)?;
    let same_chain = allowed.names().filter(|name| {
        *name == "OPTIONS"
            || Method::from_bytes(name.as_bytes())
                .ok()
                .and_then(|method| find_route::<A>(head, &method))
                .is_some_and(|other| has_same_chain(route, other))
    });
    let allow = same_chain.collect::<Vec<_>>().join(", ");
    Some(Target::miss(route.steps(), Miss::Preflight(allow)))
}

fn find_route<A: App>(head: &Head, method: &Method) -> Option<&'static Route> {
    // No handler runs, so the captured values are not kept.
    match table_of::<A>().find(method, head.uri.path(), &mut Captures::default()) {
        Found::Route(idx) => routes_of::<A>().get(usize::from(idx)),
        _ => None,
    }
}

/// Returns whether both routes have the same middleware.
///
/// A browser caches a preflight's response for every method in it, so a route with other middleware, which may
/// allow less, must not be listed.
fn has_same_chain(route: &'static Route, other: &'static Route) -> bool {
    std::ptr::eq(route, other)
        || (group_of_handler(route.steps()) == group_of_handler(other.steps())
            && !route.has_own_parts()
            && !other.has_own_parts())
}
