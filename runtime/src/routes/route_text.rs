//! How the messages about mistakes name a route.

use crate::{
    const_text::{ErrorText, equal},
    routes::{field_path::Place, node::Node},
};

/// Appends a method and the pattern of the route.
pub(super) const fn with_route(
    text: ErrorText,
    method: &str,
    place: Place,
    root: &'static Node,
) -> ErrorText {
    with_path(text.with("`").with(method).with(" "), place, root).with("`")
}

/// Appends the handler of the route and its place in the source.
pub(super) const fn with_place(text: ErrorText, place: Place) -> ErrorText {
    let definition = place.definition;
    let text = text
        .with(" of `")
        .with(definition.handler)
        .with("` (")
        .with(definition.place.file());
    text.with(":")
        .with_number(definition.place.line())
        .with(")")
}

/// Appends the pattern, with the prefixes up to the group that is checked.
pub(super) const fn with_path(mut text: ErrorText, place: Place, root: &'static Node) -> ErrorText {
    let (mut idx, mut is_prefixed) = (0, false);
    while let Some(prefix) = place.path.prefix(root, idx) {
        text = text.with(prefix.text);
        is_prefixed |= !prefix.is_empty();
        idx += 1;
    }
    let own = place.definition.pattern.text;
    if equal(own, "/") && is_prefixed {
        text
    } else {
        text.with(own)
    }
}

/// Appends an argument of the handler as it is written.
pub(super) const fn with_source(text: ErrorText, place: Place, idx: usize) -> ErrorText {
    match place.definition.source(idx) {
        Some((name, ty)) => text.with("`").with(name).with(": ").with(ty).with("`"),
        None => text.with("an argument"),
    }
}
