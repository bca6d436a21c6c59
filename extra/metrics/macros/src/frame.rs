//! The frame of the derives.

use highball_macro_stages::errors::Errors;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::DeriveInput;

/// Expands a derive. After an error there is the stub, so that a use of the type is no second error.
pub(crate) fn expand(
    input: TokenStream,
    derive: impl FnOnce(&DeriveInput, &mut Errors) -> TokenStream,
    stub: impl FnOnce(&DeriveInput) -> TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let Some(input) = errors.keep(syn::parse2::<DeriveInput>(input)) else {
        return errors.into_tokens();
    };
    let code = derive(&input, &mut errors);
    if errors.is_empty() {
        return code;
    }
    let (errors, stub) = (errors.into_tokens(), stub(&input));
    quote!(#errors #stub)
}

/// Returns a path with this span, so that an error of the call that it begins is there.
pub(crate) fn at(span: Span, path: &TokenStream) -> TokenStream {
    let tokens = path.clone().into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}
