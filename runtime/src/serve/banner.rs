//! What is printed at start.

use std::fmt::Write as _;

use super::listeners::Listening;
use crate::{app::Route, config::Config};

/// Returns the text: one line and the settings, and in a debug build the routes.
pub(super) fn text(listening: &Listening, routes: &[Route], config: &Config) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mode = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    let n_routes = routes.len();
    let places = listening.shown.join(", ");
    let mut text = format!("highball {version} ({mode}) on {places} with {n_routes} routes\n");
    if cfg!(debug_assertions) {
        table(&mut text, routes);
    }
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "settings: {}", config.in_force());
    text
}

fn table(text: &mut String, routes: &[Route]) {
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
        let middleware = match route.middleware().count() {
            0 => String::new(),
            n => format!(" ({n} middleware)"),
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "  {methods:method_width$}  {path:path_width$}  {handler} {file}:{line}{middleware}"
        );
    }
}

fn methods(route: &Route) -> String {
    let methods = route.methods().collect::<Vec<_>>().join(",");
    if methods.is_empty() {
        "ANY".to_owned()
    } else {
        methods
    }
}
