//! Arguments that can be recognized by how they are written, and that no type can make valid.

use highball_macro_stages::{
    errors::Errors,
    function::{Arg, ArgKind, Function},
    types::{highball_name, is_param_only, last_name, source_text},
};
use syn::{Type, TypeReference};

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

/// Extractors without generic arguments that may also be borrowed.
const OTHERS: [&str; 9] = [
    "Accept",
    "Basic",
    "Client",
    "HeaderMap",
    "LastEventId",
    "Method",
    "Precondition",
    "Uri",
    "Version",
];

/// Returns whether the type has the name of an extractor of Highball.
pub(crate) fn is_extractor_name(ty: &Type) -> bool {
    let name = last_name(ty).map(ToString::to_string);
    name.is_some_and(|name| BY_VALUE.contains(&name.as_str()) || OTHERS.contains(&name.as_str()))
}

/// Reports the plain values among the arguments of a part. Without a mark they have no source.
pub(super) fn check_values(args: &[Arg], function: &Function, errors: &mut Errors) {
    let part = &function.sig.ident;
    for arg in args.iter().filter(|arg| is_unmarked_value(arg)) {
        let (name, ty) = (&arg.name, source_text(&arg.ty));
        let config = match function.owner {
            None => format!("a value in `with({part}(..))` is marked, `#[config] {name}: {ty}`"),
            Some(_) => format!("a value in `with(..)` is a field, `self.{name}`"),
        };
        let message = format!(
            "nothing gives `{name}: {ty}`: {config}, and a path parameter is marked `#[param]`"
        );
        errors.at(&arg.ty, message);
    }
}

/// Returns whether the argument is written as a value that only `#[config]` or `#[param]` could provide.
pub(crate) fn is_unmarked_value(arg: &Arg) -> bool {
    let is_slice = |reference: &TypeReference| matches!(*reference.elem, Type::Slice(_));
    let is_value = match &arg.ty {
        Type::Reference(reference) if is_slice(reference) => true,
        ty => is_param_only(ty) || last_name(ty).is_some_and(|name| name == "Duration"),
    };
    arg.is_extract() && is_value && !arg.name.is_empty()
}

/// Checks how an argument other than a path parameter is written. Returns whether it is valid.
pub(super) fn check_extractor(arg: &Arg, errors: &mut Errors) -> bool {
    let message = match (&arg.kind, &arg.ty) {
        (ArgKind::Extract | ArgKind::ContextMut, Type::Reference(reference)) => borrowed(reference),
        (ArgKind::Extract, ty) if highball_name(ty).is_some_and(|name| name == "Context") => {
            let name = if arg.name.is_empty() { "cx" } else { &arg.name };
            Some(format!(
                "the context is passed by reference: write `{name}: &mut Context<'_>`"
            ))
        }
        (ArgKind::Extract, ty) => impl_inside(ty).or_else(|| reference_inside(ty)),
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
        let (shown, inner) = (source_text(reference), source_text(&reference.elem));
        format!("`{shown}` is taken by value: drop the `{sign}`, and write `{inner}`")
    })
}

/// Extractors that deserialize a value.
const DECODERS: [&str; 8] = [
    "Bind", "Form", "Json", "MsgPack", "Query", "Toml", "Xml", "Yaml",
];

/// Returns the message for `Json<&str>`. The value never borrows from the request. rustc's own error is about lifetimes
/// of `Deserialize`.
fn reference_inside(ty: &Type) -> Option<String> {
    let name = last_name(ty)?.to_string();
    let shown = source_text(ty);
    let is_decoder = DECODERS.contains(&name.as_str());
    (is_decoder && shown.contains('&')).then(|| {
        let owned = shown.replace("&'static ", "&").replace("&str", "String");
        match owned.contains('&') {
            true => format!("`{name}` owns what it reads, so the type in it has no `&`"),
            false => format!("`{name}` owns what it reads, so it has no `&`: write `{owned}`"),
        }
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
