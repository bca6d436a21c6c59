//! The derives: `Local`, `State`, `PathFields` and `IntoResponse`.

mod local;
mod path_fields;
mod response;
mod state;

pub(crate) use local::expand as local;
pub(crate) use path_fields::expand as path_fields;
pub(crate) use response::expand as response;
pub(crate) use state::expand as state;

use proc_macro2::TokenStream;
use syn::{Attribute, DeriveInput, Path, Token};

use crate::errors::Errors;

/// Parses `#[highball(crate = path)]`.
pub(crate) fn crate_path(attrs: &[Attribute], errors: &mut Errors) -> Option<Path> {
    let attr = attrs.iter().find(|attr| attr.path().is_ident("highball"))?;
    errors.keep(attr.parse_args_with(|input: syn::parse::ParseStream<'_>| {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        input.call(Path::parse_mod_style)
    }))
}

/// Expands a derive. After an error there is no code, only the errors.
pub(crate) fn expand(
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
