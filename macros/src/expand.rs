//! From models to code. Everything has been checked before, so nothing here can fail.

pub(crate) mod args;
mod cfg;
pub(crate) mod group;
pub(crate) mod guard;
pub(crate) mod handler;
pub(crate) mod middleware;
pub(crate) mod observer;
pub(crate) mod part;
mod with;

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    attr::{Priority, RouteOptions, STANDARD, Slash},
    pattern::{Pattern, Segment},
};

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

/// Returns the options of a route or a group as constant data.
pub(crate) fn route_options(options: RouteOptions) -> TokenStream {
    let slash = options.slash.map(|slash| match slash {
        Slash::Strict => quote!(slash: __hb::Some(__hb::Slash::Strict),),
        Slash::Redirect => quote!(slash: __hb::Some(__hb::Slash::Redirect),),
        Slash::Ignore => quote!(slash: __hb::Some(__hb::Slash::Ignore),),
    });
    let finish = options
        .finish_on_disconnect
        .map(|finish| quote!(finish: __hb::Some(#finish),));
    let priority = options.priority.map(|priority| match priority {
        Priority::Critical => quote!(priority: __hb::Some(__hb::Priority::Critical),),
        Priority::Normal => quote!(priority: __hb::Some(__hb::Priority::Normal),),
        Priority::Background => quote!(priority: __hb::Some(__hb::Priority::Background),),
    });
    if slash.is_none() && finish.is_none() && priority.is_none() {
        return quote!(__hb::RouteOptions::NONE);
    }
    quote!(__hb::RouteOptions { #slash #finish #priority ..__hb::RouteOptions::NONE })
}

/// Returns the methods as constant data. `None` is `#[any]`.
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
