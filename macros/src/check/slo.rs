//! The rule for the objectives of a route.

use highball_macro_stages::{errors::Errors, types::mentions};
use syn::{FnArg, ReturnType, Signature, Type};

use crate::attr::RouteArgs;

/// The responses that are streams. Their spelling decides, since a macro does not see types.
const STREAMS: [&str; 2] = ["Sse", "JsonEvents"];
const WEBSOCKET: &str = "WebSocketUpgrade";

/// Rejects a duration for a response that is open for as long as its client listens.
pub(crate) fn check_slo(sig: &Signature, attr: &RouteArgs, errors: &mut Errors) {
    let key = attr.slo.as_ref().and_then(|slo| slo.latency_key.as_ref());
    let Some(key) = key else {
        return;
    };
    if let Some(stream) = stream_of(sig) {
        errors.at(
            key,
            format!("`{stream}` is open for as long as its client listens, so its duration means nothing: leave `{key}` out, and keep `errors = 0.05`"),
        );
    }
}

/// Returns the type of a stream that the handler takes or returns.
fn stream_of(sig: &Signature) -> Option<&'static str> {
    let mut taken = sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(arg) => Some(&*arg.ty),
        FnArg::Receiver(_) => None,
    });
    if taken.any(|ty| has(ty, WEBSOCKET)) {
        return Some(WEBSOCKET);
    }
    let ReturnType::Type(_, ty) = &sig.output else {
        return None;
    };
    STREAMS.into_iter().find(|name| has(ty, name))
}

fn has(ty: &Type, name: &str) -> bool {
    let name = syn::Ident::new(name, proc_macro2::Span::call_site());
    mentions(ty, &[&name])
}
