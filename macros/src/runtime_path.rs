//! The path by which generated code refers to the runtime.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

/// Returns the path of the runtime's hidden module.
pub(crate) fn private(krate: Option<&Path>) -> TokenStream {
    match krate {
        Some(path) => quote!(#path::__private),
        None => quote!(::highball::__private),
    }
}
