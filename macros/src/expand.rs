//! From models to code. Everything has been checked: nothing here can fail.

pub(crate) mod args;
mod conditional;
pub(crate) mod group;
pub(crate) mod handler;
pub(crate) mod middleware;
pub(crate) mod observer;
mod with;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::{
    attr::{STANDARD, Slash},
    pattern::{Pattern, Segment},
};

/// Returns the path to the runtime's hidden module.
pub(crate) fn private(krate: Option<&Path>) -> TokenStream {
    match krate {
        Some(path) => quote!(#path::__private),
        None => quote!(::highball::__private),
    }
}

/// Returns the segments of a pattern as constant data.
pub(crate) fn segments(pattern: &Pattern) -> TokenStream {
    let segments = pattern.segments.iter().map(|segment| match segment {
        Segment::Static(text) => quote!(__hb::Segment::Static(#text)),
        Segment::Param {
            prefix,
            name,
            suffix,
        } => {
            quote!(__hb::Segment::Param { prefix: #prefix, name: #name, suffix: #suffix })
        }
        Segment::CatchAll { name } => quote!(__hb::Segment::CatchAll { name: #name }),
    });
    quote!(&[#(#segments),*])
}

/// Returns what the words say of how a route is served, as constant data.
pub(crate) fn manner(slash: Option<Slash>, finish: Option<bool>) -> TokenStream {
    if slash.is_none() && finish.is_none() {
        return quote!(__hb::Manner::NONE);
    }
    let slash = match slash {
        None => quote!(__hb::None),
        Some(Slash::Strict) => quote!(__hb::Some(__hb::Slash::Strict)),
        Some(Slash::Redirect) => quote!(__hb::Some(__hb::Slash::Redirect)),
        Some(Slash::Ignore) => quote!(__hb::Some(__hb::Slash::Ignore)),
    };
    let finish = match finish {
        None => quote!(__hb::None),
        Some(finish) => quote!(__hb::Some(#finish)),
    };
    quote!(__hb::Manner { slash: #slash, finish: #finish })
}

/// Returns the methods as constant data; none means `#[any]`.
pub(crate) fn methods(methods: Option<&[String]>) -> TokenStream {
    let Some(methods) = methods else {
        return quote!(__hb::Methods::ANY);
    };
    let mut bits = 0_u16;
    let mut extensions = Vec::new();
    for method in methods {
        match STANDARD.iter().position(|known| known == method) {
            Some(bit) => bits |= 1 << bit,
            None => extensions.push(method),
        }
    }
    quote!(__hb::Methods::new(#bits, &[#(#extensions),*]))
}
