//! The messages about an argument whose type is not an extractor.
//!
//! The properties of the type show what it lacks, and its spelling shows what the user named. A type behind an alias
//! gets a message without the inner name.

use crate::{
    chain::lacks::Lacks,
    const_text::{ErrorText, equal},
};

/// Returns the message about the argument `name: ty`. The name is empty if the argument is a pattern.
pub(super) const fn not_extractor(name: &str, ty: &str, lacks: Lacks) -> ErrorText {
    match lacks {
        Lacks::Deserialize(source) => unreadable(ty, source),
        #[cfg(feature = "protobuf")]
        Lacks::Message => inner_named(ty).with(" cannot be read from protobuf: put `#[derive(prost::Message)]` on it"),
        #[cfg(feature = "validate")]
        Lacks::Validate => quoted(ty).with(" has no rules to keep: put `#[derive(garde::Validate)]` on the type inside"),
        #[cfg(feature = "headers")]
        Lacks::Header => inner_named(ty).with(" is no typed header: take a type of the crate `headers`, or implement `headers::Header` for it"),
        Lacks::PathFields => inner_named(ty).with(" cannot be read from the path: put `#[derive(highball::PathFields)]` on it, or take each parameter as an argument of its name"),
        Lacks::LocalType => quoted(ty).with(" reads a type that is not a local: put `#[derive(Local)]` on the type, or wrap it in a type of your own that has it"),
        Lacks::Sized => unsized_state(ty),
        Lacks::Side => quoted(ty).with(" has a side that is not an extractor: put `#[derive(serde::Deserialize)]` on the type that it reads"),
        Lacks::Local => local(name, ty),
        Lacks::Unknown => unknown(name, ty),
    }
}

/// Returns the message about a type that cannot be deserialized.
const fn unreadable(ty: &str, source: &str) -> ErrorText {
    let text = inner_named(ty).with(" cannot be read from ").with(source);
    let Some(inner) = decoded(ty) else {
        return text.with(DERIVE).with("it");
    };
    if find(inner, b'\'').is_some() {
        return text
            .with(", since it borrows: let it own its values, as `String` in place of `&str`");
    }
    let element = element(inner);
    let text = text.with(DERIVE);
    if equal(element, inner) && is_name(inner) {
        return text.with("it");
    }
    if is_name(element) {
        return text.with("`").with(element).with("`");
    }
    text.with("each type of your own in it")
}

const DERIVE: &str = ": put `#[derive(serde::Deserialize)]` on ";

const fn unsized_state(ty: &str) -> ErrorText {
    let text = quoted(ty).with(" has no size: ");
    match inside(ty) {
        Some(inner) => text.with("write `State<Arc<").with(inner).with(">>`"),
        None => text.with("put an `Arc` around the type inside"),
    }
}

/// Returns the message about a local that is not in a `Local`.
const fn local(name: &str, ty: &str) -> ErrorText {
    let ty = match strip(ty, "&") {
        Some(ty) => ty,
        None => ty,
    };
    let text = quoted(ty).with(" is a local, which a guard or a middleware provides: write `");
    argument(text, name).with("Local<'_, ").with(ty).with(">`")
}

/// Returns the message about a type of which only the spelling is known.
const fn unknown(name: &str, ty: &str) -> ErrorText {
    let outer = outer_name(ty);
    if equal(outer, "Option") {
        return quoted(ty).with(" is not supported, because the type inside cannot report that it is absent: make the fields inside `Option`, take `Result<.., Rejection>` in its place, or implement `OptionalExtract` for the type inside");
    }
    if equal(outer, "Valid") {
        return invalid(ty);
    }
    if let Some(ty) = strip(ty, "&") {
        return borrowed(name, ty);
    }
    if let Some(inner) = inside(ty)
        && let Some(inner) = strip(inner, "'_, ")
    {
        return battery(name, ty, inner);
    }
    let param = if name.is_empty() { "name" } else { name };
    let text = argument(ErrorText::EMPTY.with("`"), name).with(ty);
    let text = text.with("` is neither a parameter of the path nor an extractor; write `{");
    let text = text.with(param).with("}` in the path, `Json<").with(ty);
    let text = text.with(">`, `Query<").with(ty).with(">` or `State<");
    let text = text.with(ty).with(">` here, or implement `Extract` for `");
    text.with(ty).with("`")
}

/// Returns the message about a type such as `Conn<'_, Shop>`, which is an extractor for some types inside.
const fn battery(name: &str, ty: &str, inner: &str) -> ErrorText {
    let outer = outer_name(ty);
    let text = argument(ErrorText::EMPTY.with("`"), name).with(ty);
    let text = text
        .with("` is not an extractor: `")
        .with(inner)
        .with("` lacks the trait that `");
    text.with(outer)
        .with("` requires of it; the documentation of `")
        .with(outer)
        .with("` shows its derive or its macro")
}

/// Returns the message about a `Valid`.
const fn invalid(ty: &str) -> ErrorText {
    if let Some(inner) = inside(ty)
        && let Some(source) = source_of(outer_name(inner))
    {
        return unreadable(ty, source);
    }
    quoted(ty).with(" has no rules to keep: put `#[derive(garde::Validate)]` on the type inside, and an extractor with that type between the two, as in `Valid<Json<T>>`")
}

/// Returns the message about `&T`, where no extractor borrows a `T`.
const fn borrowed(name: &str, ty: &str) -> ErrorText {
    let text = argument(ErrorText::EMPTY.with("`"), name)
        .with("&")
        .with(ty);
    let text = text
        .with("` is lent by no extractor: write `Json<")
        .with(ty);
    let text = text.with(">`, `Query<").with(ty).with(">` or `State<");
    let text = text.with(ty).with(">` here, or implement `Extract` for `");
    text.with(ty).with("`, and leave out the `&`")
}

/// Returns what an extractor of this name reads its value from.
const fn source_of(name: &str) -> Option<&'static str> {
    const SOURCES: [(&str, &str); 8] = [
        ("Bind", "a query or a body"),
        ("Form", "a form"),
        ("Json", "JSON"),
        ("Query", "a query"),
        ("MsgPack", "MessagePack"),
        ("Toml", "TOML"),
        ("Xml", "XML"),
        ("Yaml", "YAML"),
    ];
    let mut i = 0;
    while i < SOURCES.len() {
        if equal(SOURCES[i].0, name) {
            return Some(SOURCES[i].1);
        }
        i += 1;
    }
    None
}

/// Appends `name: `, or nothing if the argument is a pattern.
const fn argument(text: ErrorText, name: &str) -> ErrorText {
    if name.is_empty() {
        return text;
    }
    text.with(name).with(": ")
}

const fn quoted(ty: &str) -> ErrorText {
    ErrorText::EMPTY.with("`").with(ty).with("`")
}

/// Returns the type inside as the subject of a message.
const fn inner_named(ty: &str) -> ErrorText {
    match decoded(ty) {
        Some(inner) => quoted(inner),
        None => ErrorText::EMPTY
            .with("the type inside `")
            .with(ty)
            .with("`"),
    }
}

/// Returns the `T` of `Json<T>`, `Option<Json<T>>`, `Result<Json<T>, Rejection>` or `Valid<Json<T>>`, as it is written.
const fn decoded(ty: &str) -> Option<&str> {
    let mut ty = ty;
    loop {
        let outer = outer_name(ty);
        let Some(inner) = inside(ty) else {
            return None;
        };
        if !(equal(outer, "Option") || equal(outer, "Result") || equal(outer, "Valid")) {
            return Some(inner);
        }
        ty = inner;
    }
}

/// Returns the `T` of `Vec<T>`, `Option<Box<T>>` and the like: the type that lacks a derive.
const fn element(ty: &str) -> &str {
    const CONTAINERS: [&str; 8] = [
        "Vec", "VecDeque", "Option", "Box", "Arc", "Rc", "HashSet", "BTreeSet",
    ];
    let mut i = 0;
    while i < CONTAINERS.len() {
        if equal(outer_name(ty), CONTAINERS[i])
            && let Some(inner) = inside(ty)
        {
            return element(inner);
        }
        i += 1;
    }
    ty
}

/// Returns the last name in front of the `<`: `Json` of `highball::Json<T>`.
const fn outer_name(ty: &str) -> &str {
    let end = match find(ty, b'<') {
        Some(end) => end,
        None => ty.len(),
    };
    let (name, _) = ty.split_at(end);
    let mut start = name.len();
    while start > 0 && name.as_bytes()[start - 1] != b':' {
        start -= 1;
    }
    name.split_at(start).1
}

/// Returns the text between the first `<` and the last `>`.
const fn inside(ty: &str) -> Option<&str> {
    let Some(start) = find(ty, b'<') else {
        return None;
    };
    let mut end = ty.len();
    while end > start + 1 {
        end -= 1;
        if ty.as_bytes()[end] == b'>' {
            return Some(ty.split_at(end).0.split_at(start + 1).1);
        }
    }
    None
}

/// Returns whether the type is a plain path, such as `models::Note`.
const fn is_name(ty: &str) -> bool {
    find(ty, b'<').is_none() && find(ty, b'(').is_none() && find(ty, b'[').is_none()
}

const fn find(text: &str, byte: u8) -> Option<usize> {
    let mut i = 0;
    while i < text.len() {
        if text.as_bytes()[i] == byte {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// Returns the text after `prefix`, if it begins with it.
const fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    if text.len() < prefix.len() || !text.is_char_boundary(prefix.len()) {
        return None;
    }
    let (start, rest) = text.split_at(prefix.len());
    if equal(start, prefix) {
        Some(rest)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_to_derive_is_named() {
        for (ty, expected) in [
            (
                "Json<Note>",
                "`Note` cannot be read from JSON: put `#[derive(serde::Deserialize)]` on it",
            ),
            (
                "highball::Json<Note>",
                "`Note` cannot be read from JSON: put `#[derive(serde::Deserialize)]` on it",
            ),
            (
                "Result<Json<Note>, Rejection>",
                "`Note` cannot be read from JSON: put `#[derive(serde::Deserialize)]` on it",
            ),
            (
                "Json<Vec<Option<Note>>>",
                "`Vec<Option<Note>>` cannot be read from JSON: put `#[derive(serde::Deserialize)]` on `Note`",
            ),
            (
                "Json<HashMap<String, Note>>",
                "`HashMap<String, Note>` cannot be read from JSON: put `#[derive(serde::Deserialize)]` on each type of your own in it",
            ),
            (
                "Json<Note<'_>>",
                "`Note<'_>` cannot be read from JSON, since it borrows: let it own its values, as `String` in place of `&str`",
            ),
            (
                "Body",
                "the type inside `Body` cannot be read from JSON: put `#[derive(serde::Deserialize)]` on it",
            ),
        ] {
            let text = not_extractor("note", ty, Lacks::Deserialize("JSON"));
            assert_eq!(text.as_str(), expected);
        }
    }

    #[test]
    fn a_local_is_shown_in_its_extractor() {
        for (name, ty, expected) in [
            ("user", "User", "write `user: Local<'_, User>`"),
            ("user", "&User", "write `user: Local<'_, User>`"),
            ("", "User", "write `Local<'_, User>`"),
        ] {
            let text = not_extractor(name, ty, Lacks::Local);
            assert!(text.as_str().ends_with(expected), "{}", text.as_str());
        }
    }
}
