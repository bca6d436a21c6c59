//! The path by which generated code refers to the runtime.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Path;

mod manifest;

/// Returns the path of the runtime: the one of `crate = path`, or the name in `Cargo.toml`.
pub(crate) fn runtime(krate: Option<&Path>) -> TokenStream {
    if let Some(path) = krate {
        return quote!(#path);
    }
    let name = format_ident!("{}", manifest::runtime_name());
    quote!(::#name)
}

/// Returns the path of the runtime's hidden module.
pub(crate) fn private(krate: Option<&Path>) -> TokenStream {
    let runtime = runtime(krate);
    quote!(#runtime::__private)
}

/// Returns the last name in the path of the runtime.
pub(crate) fn runtime_name(krate: Option<&Path>) -> String {
    match krate.and_then(|path| path.segments.last()) {
        Some(last) => last.ident.to_string(),
        None => manifest::runtime_name(),
    }
}

/// Returns the path with this span, for code that rustc shows in an error.
pub(crate) fn private_at(krate: Option<&Path>, span: Span) -> TokenStream {
    let tokens = private(krate).into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}
