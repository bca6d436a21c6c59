//! A list of errors, so that a macro reports all of them at once.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Attribute;

/// The errors found so far.
///
/// They are read by [`into_tokens`](Self::into_tokens). To drop them unread panics, since the mistake would then compile.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Drop for Errors {
    fn drop(&mut self) {
        assert!(
            self.0.is_empty() || std::thread::panicking(),
            "errors of a macro were dropped unread"
        );
    }
}

impl Errors {
    /// Adds an error at these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error of the parser.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// Returns the value, or adds the error.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the errors as `compile_error!` items.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.into_tokens_under(&[])
    }

    /// Returns the errors of an item under these attributes `#[cfg(..)]`.
    pub(crate) fn into_tokens_under(mut self, cfgs: &[&Attribute]) -> TokenStream {
        let errors = std::mem::take(&mut self.0).into_iter().flatten();
        errors
            .map(|error| {
                let error = error.into_compile_error();
                quote!(#(#cfgs)* #error)
            })
            .collect()
    }
}
