//! The path by which generated code refers to the runtime.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Path;

mod manifest;

/// Returns the path of the runtime: the one of `crate = path`, or the name in `Cargo.toml`.
///
/// # Examples
/// ```
/// use highball_macro_stages::runtime_path::runtime;
/// use syn::parse_quote;
///
/// assert_eq!(runtime(None).to_string(), ":: highball");
/// assert_eq!(runtime(Some(&parse_quote!(app::web))).to_string(), "app :: web");
/// ```
pub fn runtime(krate: Option<&Path>) -> TokenStream {
    if let Some(path) = krate {
        return quote!(#path);
    }
    let name = format_ident!("{}", manifest::name_of("highball"));
    quote!(::#name)
}

/// Returns the path of a package, by its name in `Cargo.toml`.
///
/// # Examples
/// ```
/// use highball_macro_stages::runtime_path::package;
///
/// assert_eq!(package("highball-cache").to_string(), ":: highball_cache");
/// ```
pub fn package(name: &str) -> TokenStream {
    let name = format_ident!("{}", manifest::name_of(name));
    quote!(::#name)
}

/// Returns the path of the runtime's hidden module.
#[doc(hidden)]
pub fn private(krate: Option<&Path>) -> TokenStream {
    let runtime = runtime(krate);
    quote!(#runtime::__private)
}

/// Returns the last name in the path of the runtime.
#[doc(hidden)]
pub fn runtime_name(krate: Option<&Path>) -> String {
    match krate.and_then(|path| path.segments.last()) {
        Some(last) => last.ident.to_string(),
        None => manifest::name_of("highball"),
    }
}

/// Returns the path with this span, for code that rustc shows in an error.
#[doc(hidden)]
pub fn private_at(krate: Option<&Path>, span: Span) -> TokenStream {
    let tokens = private(krate).into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}
