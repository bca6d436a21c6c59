//! The stages that the macros of Highball share with those of its batteries.
//!
//! A macro of a battery reads its tokens through [`fragments`], adds every mistake to [`Errors`](errors::Errors), and
//! names the packages in its code by [`runtime_path`]. So its errors read like those of the framework, and all of them
//! are reported at once.
//!
//! # Examples
//! ```
//! use highball_macro_stages::{derive, errors::Errors, runtime_path};
//! use proc_macro2::TokenStream;
//! use quote::quote;
//! use syn::DeriveInput;
//!
//! fn expand(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
//!     let (name, highball) = (&input.ident, runtime_path::runtime(None));
//!     if !input.generics.params.is_empty() {
//!         errors.at(&input.generics, "a job has no parameters: leave them out");
//!     }
//!     quote!(impl #highball::extract::LocalType for #name {})
//! }
//!
//! // In a derive: `derive::expand(input.into(), expand).into()`.
//! let code = derive::expand(quote!(struct Mail;), expand).to_string();
//! assert!(code.starts_with("impl :: highball"));
//! let code = derive::expand(quote!(struct Mail<T>(T);), expand).to_string();
//! assert!(code.contains("compile_error"));
//! ```

// Types of syn can be printed only with a feature of it that takes longer to compile than these stages.
#![allow(missing_debug_implementations)]

pub mod derive;
pub mod errors;
pub mod fragments;
pub mod runtime_path;
mod similar;

// The grammar of paths, and the models of functions and types. They are hidden because they change with the attributes
// of the framework.
#[doc(hidden)]
pub mod function;
#[doc(hidden)]
pub mod pattern;
#[doc(hidden)]
pub mod types;

pub use similar::{is_similar, similar_name};
