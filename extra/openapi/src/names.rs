//! The ids of operations, and the paths.

use std::collections::BTreeMap;

use highball::Route;

/// Returns the id of each operation, by the index of its route and the method.
///
/// The id is the module path of the handler without the package: `orders_create`. It stays the same if other routes
/// are added, unless one of them lists the same handler: then the ids of both also have their paths.
pub(crate) fn operation_ids(operations: &[(&Route, String)]) -> Vec<String> {
    let base = |route: &Route| {
        let handler = route.handler();
        let path = handler.split_once("::").map_or(handler, |(_, path)| path);
        path.replace("::", "_")
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (route, _) in operations {
        *counts.entry(base(route)).or_default() += 1;
    }
    let ids = operations.iter().map(|(route, method)| {
        let base = base(route);
        match counts.get(&base) {
            Some(1) => base,
            _ => format!("{base}_{method}{}", words(route.path())),
        }
    });
    ids.collect()
}

/// Returns a path as the end of an id: `/v1/users/{id}` is `_v1_users_id`.
fn words(path: &str) -> String {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(|word| format!("_{word}")).collect()
}

/// Returns a pattern as a path of OpenAPI: a catch-all is a parameter like any other.
pub(crate) fn path(pattern: &str) -> String {
    pattern.replace("{*", "{")
}
