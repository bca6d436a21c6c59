//! The frame of a derive.

use proc_macro2::TokenStream;
use syn::{Attribute, DeriveInput, Path, Token, parse::ParseStream};

use crate::errors::Errors;

/// Parses `#[highball(crate = path)]`.
///
/// # Examples
/// ```
/// use highball_macro_stages::{derive::crate_path, errors::Errors};
/// use syn::parse_quote;
///
/// let mut errors = Errors::default();
/// let path = crate_path(&[parse_quote!(#[highball(crate = app)])], &mut errors);
/// assert!(path.is_some_and(|path| path.is_ident("app")));
/// ```
pub fn crate_path(attrs: &[Attribute], errors: &mut Errors) -> Option<Path> {
    let attr = attrs.iter().find(|attr| attr.path().is_ident("highball"))?;
    errors.keep(attr.parse_args_with(|input: ParseStream<'_>| {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        input.call(Path::parse_mod_style)
    }))
}

/// Expands a derive. After an error there is no code, only the errors.
///
/// # Examples
/// ```
/// use highball_macro_stages::derive;
/// use quote::quote;
///
/// let code = derive::expand(quote!(struct Mail;), |input, _| {
///     let name = &input.ident;
///     quote!(impl Job for #name {})
/// });
/// assert_eq!(code.to_string(), "impl Job for Mail { }");
/// ```
pub fn expand(
    input: TokenStream,
    derive: impl FnOnce(&DeriveInput, &mut Errors) -> TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let code = errors
        .keep(syn::parse2(input))
        .map(|input| derive(&input, &mut errors));
    if errors.is_empty() {
        code.unwrap_or_default()
    } else {
        errors.into_tokens()
    }
}
