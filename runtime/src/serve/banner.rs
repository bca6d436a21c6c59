//! The text that is printed when the server starts.

use std::fmt::Write as _;

use super::{admin::BoundAdmin, hook::Times, listeners::Listening};
use crate::{
    config::Config,
    routes::{CrossSiteCheck, PartKind, Route},
};

/// Returns the banner: version and addresses, the routes in a debug build, the start hooks with their times, and the
/// settings.
pub(super) fn compose(
    listening: &Listening,
    routes: &[Route],
    admin: Option<&BoundAdmin>,
    times: &Times,
    config: &Config,
) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mode = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    let n_routes = routes.len();
    let addresses = listening.addresses.join(", ");
    let mut text = format!("highball {version} ({mode}) on {addresses} with {n_routes} routes\n");
    if cfg!(debug_assertions) {
        add_routes(&mut text, routes);
    }
    add_csrf(&mut text, routes);
    if let Some(admin) = admin {
        add_admin(&mut text, admin);
    }
    add_times(&mut text, times);
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "settings: {}", config.in_force());
    text
}

/// Adds the routes that have no guard against cross-site requests: those for which the check is off, by their reason,
/// and those that read so much that credentials may be part of it.
fn add_csrf(text: &mut String, routes: &[Route]) {
    let mut off: Vec<(&str, Vec<&Route>)> = Vec::new();
    let mut unknown = Vec::new();
    for route in routes {
        match route.cross_site_check() {
            CrossSiteCheck::Off(reason) => match off.iter_mut().find(|(known, _)| *known == reason)
            {
                Some((_, routes)) => routes.push(route),
                None => off.push((reason, vec![route])),
            },
            CrossSiteCheck::Unknown => unknown.push(route),
            CrossSiteCheck::NotNeeded | CrossSiteCheck::Guarded => {}
        }
    }
    // Writing to a `String` cannot fail.
    for (reason, routes) in off {
        let _ = writeln!(text, "csrf: off for {}: {reason}", names(&routes));
    }
    if !unknown.is_empty() {
        let names = names(&unknown);
        let _ = writeln!(text, "csrf: not checked for {names}: they may read cookies");
    }
}

/// Adds the app for operators.
fn add_admin(text: &mut String, admin: &BoundAdmin) {
    let (addresses, routes) = (admin.addresses().join(", "), admin.routes());
    let n_routes = routes.len();
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "operators: {addresses} with {n_routes} routes");
    if cfg!(debug_assertions) {
        add_routes(text, routes);
    }
}

/// Adds how long each start hook took.
fn add_times(text: &mut String, times: &Times) {
    let times = times.iter();
    let times: Vec<_> = times
        .map(|(name, time)| format!("{name} {} ms", time.as_millis()))
        .collect();
    if !times.is_empty() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "start: {}", times.join(", "));
    }
}

/// Returns the methods and the patterns of the first routes, and the number of the others.
fn names(routes: &[&Route]) -> String {
    const SHOWN: usize = 5;
    let shown = routes.iter().take(SHOWN);
    let shown: Vec<_> = shown
        .map(|route| format!("{} {}", methods(route), route.path()))
        .collect();
    let text = shown.join(", ");
    match routes.len().saturating_sub(SHOWN) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// Adds a line for each route, in aligned columns.
fn add_routes(text: &mut String, routes: &[Route]) {
    let rows: Vec<_> = routes.iter().map(|route| (methods(route), route)).collect();
    let method_width = rows
        .iter()
        .map(|(methods, _)| methods.len())
        .max()
        .unwrap_or_default();
    let path_width = routes
        .iter()
        .map(|route| route.path().len())
        .max()
        .unwrap_or_default();
    for (methods, route) in rows {
        let (path, handler) = (route.path(), route.handler());
        let (file, line) = (route.file(), route.line());
        let parts = list_parts(route);
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "  {methods:method_width$}  {path:path_width$}  {handler} {file}:{line}{parts}"
        );
    }
}

/// The kinds of parts, in the order in which they are listed.
const KINDS: [(PartKind, &str); 4] = [
    (PartKind::Guard, "guards"),
    (PartKind::Middleware, "middleware"),
    (PartKind::Layer, "layers"),
    (PartKind::Observer, "observers"),
];

/// Returns the parts around a route, grouped by kind. Names are without their module, outermost
/// first.
fn list_parts(route: &Route) -> String {
    let mut text = String::new();
    for (kind, title) in KINDS {
        let names = route.parts(kind).map(|name| match kind {
            PartKind::Layer => name,
            _ => name.rsplit("::").next().unwrap_or(name),
        });
        let names: Vec<_> = names.collect();
        if !names.is_empty() {
            let separator = if text.is_empty() { "  " } else { "; " };
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{separator}{title}: {}", names.join(", "));
        }
    }
    text
}

fn methods(route: &Route) -> String {
    let methods = route.methods().collect::<Vec<_>>().join(",");
    if methods.is_empty() {
        "ANY".to_owned()
    } else {
        methods
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use highball_macros::{get, guard, middleware, observer, post, routes};

    use super::*;
    use crate::App as _;
    use crate::{
        chain::Next,
        extract::SameOrigin,
        request::{Context, Exchange},
        response::Response,
    };

    #[guard(crate = crate)]
    fn first(_: &Context<'_>) -> Result<(), Response> {
        Ok(())
    }

    #[guard(crate = crate)]
    async fn second(_: &mut Context<'_>) -> Result<(), Response> {
        Ok(())
    }

    #[middleware(crate = crate)]
    async fn around(cx: &mut Context<'_>, next: impl Next) -> Response {
        next.run(cx).await
    }

    #[observer(crate = crate)]
    fn sees(_: &Exchange<'_>) {}

    #[get("/", crate = crate)]
    fn bare() {}

    #[get("/all", with(second, layer(tower_layer::Identity::new())), crate = crate)]
    fn all() {}

    #[routes(app, with(sees, around, first), crate = crate)]
    struct Api(#[with(around)] all);

    #[routes(app, crate = crate)]
    struct Bare(bare);

    fn check(routes: &[Route], expected: &str) {
        let mut text = String::new();
        add_routes(&mut text, routes);
        let (_, parts) = text.trim_end().split_once(".rs:").expect("a place");
        let parts = parts.trim_start_matches(|c: char| c.is_ascii_digit());
        assert_eq!(parts, expected);
    }

    #[post("/a", crate = crate)]
    fn text(_: String) {}

    #[post("/b", crate = crate)]
    fn context(_: &Context<'_>) {}

    #[post("/c", csrf = off("the sender signs it"), crate = crate)]
    fn signed(_: &Context<'_>) {}

    #[post("/d", crate = crate)]
    fn guarded(_: &Context<'_>, _: SameOrigin) {}

    #[get("/e", crate = crate)]
    fn read(_: &Context<'_>) {}

    #[routes(app, crate = crate)]
    struct Forms(text, context, signed, guarded, read);

    #[test]
    fn routes_without_a_check_of_the_origin_are_listed() {
        let mut text = String::new();
        add_csrf(&mut text, Forms::ROUTES);
        assert_eq!(
            text,
            "csrf: off for POST /c: the sender signs it\n\
             csrf: not checked for POST /b: they may read cookies\n"
        );
        let many = [&Forms::ROUTES[1]; 7];
        let five = ["POST /b"; 5].join(", ");
        assert_eq!(names(&many), format!("{five} and 2 more"));
    }

    #[test]
    fn start_hooks_are_listed_with_their_times() {
        let mut text = String::new();
        add_times(&mut text, &Times::new());
        assert_eq!(text, "");
        let took = [("Shop", 43), ("prices", 1200)];
        let took = took.map(|(name, time)| (name.to_owned(), Duration::from_millis(time)));
        add_times(&mut text, &took.into());
        assert_eq!(text, "start: Shop 43 ms, prices 1200 ms\n");
    }

    #[test]
    fn parts_are_listed_by_kind_and_name() {
        check(
            Api::ROUTES,
            "  guards: first, second; middleware: around, around; \
             layers: tower_layer::Identity::new(); observers: sees",
        );
        check(Bare::ROUTES, "");
    }
}
