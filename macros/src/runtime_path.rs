//! The path by which generated code refers to the runtime.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Path;

/// Returns the path of the runtime's hidden module.
pub(crate) fn private(krate: Option<&Path>) -> TokenStream {
    match krate {
        Some(path) => quote!(#path::__private),
        None => quote!(::highball::__private),
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
