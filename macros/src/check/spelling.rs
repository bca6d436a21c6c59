//! Arguments that can be recognized by how they are written, and that no type can make valid.

use syn::{Type, TypeReference};

use crate::{
    errors::Errors,
    function::{Arg, ArgKind},
    types::{last_name, source_text},
};

/// Extractors that are taken by value. A name that an app may give to another type is not in the list.
const BY_VALUE: [&str; 24] = [
    "Bearer",
    "BodyStream",
    "Bytes",
    "ConnectInfo",
    "Cookies",
    "Form",
    "Json",
    "Local",
    "MatchedRoute",
    "MsgPack",
    "Multipart",
    "Path",
    "PrivateCookies",
    "Protobuf",
    "Query",
    "SafePath",
    "SignedCookies",
    "State",
    "String",
    "Toml",
    "Valid",
    "WebSocketUpgrade",
    "Xml",
    "Yaml",
];

/// Checks how an argument other than a path parameter is written. Returns whether it is valid.
pub(super) fn check_extractor(arg: &Arg, errors: &mut Errors) -> bool {
    let message = match (&arg.kind, &arg.ty) {
        (ArgKind::Extract | ArgKind::ContextMut, Type::Reference(reference)) => borrowed(reference),
        (ArgKind::Extract, ty) if last_name(ty).is_some_and(|name| name == "Context") => {
            let name = if arg.name.is_empty() { "cx" } else { &arg.name };
            Some(format!(
                "the context is passed by reference: write `{name}: &mut Context<'_>`"
            ))
        }
        (ArgKind::Extract, ty) => impl_inside(ty),
        _ => None,
    };
    let is_valid = message.is_none();
    if let Some(message) = message {
        errors.at(&arg.ty, message);
    }
    is_valid
}

fn borrowed(reference: &TypeReference) -> Option<String> {
    let name = last_name(&reference.elem)?.to_string();
    let sign = if reference.mutability.is_some() {
        "&mut"
    } else {
        "&"
    };
    BY_VALUE.contains(&name.as_str()).then(|| {
        let shown = source_text(&reference.elem);
        format!("`{name}` is taken by value: drop the `{sign}`, and write `{shown}`")
    })
}

/// Returns the message for `State<impl Repo>`.
fn impl_inside(ty: &Type) -> Option<String> {
    let text = source_text(ty);
    let (_, inner) = text.split_once("<impl ")?;
    let is_state = last_name(ty).is_some_and(|name| name == "State");
    let inner = inner.trim_end_matches('>');
    Some(match is_state {
        true => format!(
            "a state is found by its type: name it in place of `impl {inner}`, as in `State<Arc<dyn {inner}>>`"
        ),
        false => format!("an argument has one type: name it in place of `impl {inner}`"),
    })
}
