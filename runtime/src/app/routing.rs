//! Routing: which handler, or which group, responds to a request.

use http::Method;

use crate::{
    app::{
        App, method_override, preflight, routes_of, table_of,
        target::{Target, group_of_handler},
    },
    request::{Head, Miss},
    routes::{MountedGroup, Segment},
    table::{Found, spelling},
};

/// Finds the route of the request, or the group that responds if no route matches.
pub(super) fn find_target<A: App>(head: &mut Head) -> Target {
    head.routes = routes_of::<A>();
    let path = head.uri.path();
    if path == "*" && head.method == Method::OPTIONS {
        return Target::miss(&[], Miss::Server);
    }
    if A::METHOD_OVERRIDE
        && let Err(rejection) = method_override::apply(&mut head.method, &head.headers)
    {
        return Target::miss(nearest_group::<A>(path), Miss::Missing).rejected(rejection);
    }
    match table_of::<A>().find(&head.method, path, &mut head.captures) {
        Found::Route(idx) => route_target(head, idx),
        Found::Redirect(idx) => redirect_target::<A>(head, idx),
        Found::WrongMethod(allowed) => {
            if let Some(target) = preflight::target::<A>(head, &allowed) {
                return target;
            }
            let group = group_of_route::<A>(allowed.route());
            let options = head.method == Method::OPTIONS;
            let miss = if options {
                Miss::Options(allowed)
            } else {
                Miss::WrongMethod(allowed)
            };
            Target::miss(group, miss)
        }
        Found::Missing => Target::miss(nearest_group::<A>(path), Miss::Missing),
    }
}

fn route_target(head: &mut Head, idx: u16) -> Target {
    let route = &head.routes[usize::from(idx)];
    let target = Target {
        fields: route.steps(),
        miss: None,
    };
    match head.decode(route) {
        Ok(()) => {
            head.route = Some(route);
            target
        }
        Err(rejection) => target.rejected(rejection),
    }
}

/// Returns the target that redirects to a route whose path differs by a slash at the end.
fn redirect_target<A: App>(head: &mut Head, idx: u16) -> Target {
    let group = group_of_route::<A>(idx);
    // `Location` cannot contain an incomplete escape, and completing it could lead to another route.
    if let Err(rejection) = head.decode(&head.routes[usize::from(idx)]) {
        return Target::miss(group, Miss::Missing).rejected(rejection);
    }
    match with_other_slash(head, idx) {
        Some(target) => Target::miss(group, Miss::Redirect(target)),
        None => Target::miss(nearest_group::<A>(head.uri.path()), Miss::Missing),
    }
}

/// Returns the request's target with the slash that the route's pattern has, or lacks, at the end of the path.
fn with_other_slash(head: &Head, route: u16) -> Option<String> {
    let path = head.uri.path();
    // A browser reads `//host` and `/\host` as the address of another server.
    if matches!(path.as_bytes(), [b'/', b'/' | b'\\', ..]) {
        return None;
    }
    // The end of the request's path does not decide: `/a/` redirects to a route `/a//`.
    let mut target = path.to_owned();
    match head.routes[usize::from(route)].segments().last() {
        Some(Segment::Static("")) => target.push('/'),
        _ => drop(target.pop()),
    }
    if let Some(query) = head.uri.query() {
        target.push('?');
        target.push_str(query);
    }
    Some(target)
}

fn group_of_route<A: App>(route: u16) -> &'static [u16] {
    group_of_handler(routes_of::<A>()[usize::from(route)].steps())
}

/// Returns the fields that lead to the group with the longest prefix of the path. If several groups have the
/// same prefix, the outermost one is chosen.
fn nearest_group<A: App>(path: &str) -> &'static [u16] {
    let matching = A::GROUPS.iter().filter(|group| has_prefix(path, group));
    // `max_by_key` would return the last of several equal groups, which is the innermost.
    let longest = matching.reduce(|best, group| {
        if group.segments().count() > best.segments().count() {
            group
        } else {
            best
        }
    });
    longest.map_or(&[], |group| group.field_path.steps())
}

/// Returns whether the path begins with the group's prefix.
fn has_prefix(path: &str, group: &MountedGroup) -> bool {
    let mut parts = path.strip_prefix('/').unwrap_or(path).split('/');
    group
        .segments()
        .all(|segment| parts.next().is_some_and(|part| matches(&segment, part)))
}

/// Returns whether the segment of a pattern matches a segment of a path that is not decoded.
fn matches(segment: &Segment, written: &str) -> bool {
    let written = written.as_bytes();
    match segment {
        Segment::Static(text) => spelling::same(written, text.as_bytes()),
        Segment::Param { prefix, suffix, .. } => {
            spelling::value(written, prefix.as_bytes(), suffix.as_bytes()).is_some()
        }
        Segment::CatchAll { .. } => true,
    }
}
