//! A list of errors, so that a macro reports all of them at once.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Attribute;

/// The errors found so far.
///
/// # Examples
/// ```
/// use highball_macro_stages::errors::Errors;
/// use quote::quote;
///
/// let mut errors = Errors::default();
/// errors.at(quote!(itemm), "there is no `itemm`: write `item`");
/// assert!(errors.into_tokens().to_string().contains("write `item`"));
/// ```
///
/// They are read by [`into_tokens`](Self::into_tokens). To drop them unread panics, since the mistake would then compile.
#[derive(Default)]
pub struct Errors(Vec<syn::Error>);

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
    pub fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error of the parser.
    pub fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// Returns the value, or adds the error.
    pub fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the errors as `compile_error!` items.
    pub fn into_tokens(self) -> TokenStream {
        self.into_tokens_under(&[])
    }

    /// Returns the errors of an item under these attributes `#[cfg(..)]`.
    pub fn into_tokens_under(mut self, cfgs: &[&Attribute]) -> TokenStream {
        let errors = std::mem::take(&mut self.0).into_iter().flatten();
        errors
            .map(|error| {
                let error = error.into_compile_error();
                quote!(#(#cfgs)* #error)
            })
            .collect()
    }
}
