//! The code of a cached function.

use highball_macro_stages::{
    function::{cfgs, is_lint_attr},
    runtime_path,
    types::first_span,
};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Type, parse_quote};

use crate::{
    model::{Arg, Function},
    options::Options,
};

pub(crate) fn expand(
    function: &Function,
    args: &[Arg],
    value: &Type,
    ttl: &Expr,
    options: &Options,
) -> TokenStream {
    let wrapper = wrapper(function, args, value);
    let handle = handle(function, args, value, ttl, options);
    quote!(#wrapper #handle)
}

/// The function that callers see: it looks the value up, and runs the function of the user in a task.
fn wrapper(function: &Function, args: &[Arg], value: &Type) -> TokenStream {
    let cache = runtime_path::package("highball-cache");
    let (attrs, vis, body) = (&function.attrs, &function.vis, &function.body);
    let lints = attrs.iter().filter(|attr| is_lint_attr(attr));
    let mut inner = function.plain_sig();
    inner.ident = parse_quote!(__load);
    let mut sig = function.plain_sig();
    sig.output = parse_quote!(-> ::core::result::Result<#value, #cache::LoadError>);
    for input in &mut sig.inputs {
        // `mut` is for the body.
        if let syn::FnArg::Typed(arg) = input
            && let syn::Pat::Ident(name) = &mut *arg.pat
        {
            name.mutability = None;
        }
    }
    let name = &sig.ident;
    let (key, names) = (key(name, args), keyed(args).map(|arg| &arg.name));
    let owned = args.iter().filter_map(to_owned);
    let passed = args.iter().map(pass);
    // Errors about the task are reported at the name of the function.
    let span = name.span();
    let call = path_at(quote!(#cache::__private::call), span);
    let task = quote_spanned!(span=> async move { __load(#(#passed),*).await });
    quote! {
        #(#attrs)* #vis #sig {
            #(#lints)*
            #inner #body

            #call(#name::cache(), #key, |__key| {
                #(#owned)*
                let #name { #(#names),* } = ::core::clone::Clone::clone(__key);
                #task
            })
            .await
        }
    }
}

/// The type with the name of the function: the key, by which the cache is reached. It has braces, so that the name of
/// the function stays free. Its derives report an argument that cannot be in a key, at the type of the argument.
fn handle(
    function: &Function,
    args: &[Arg],
    value: &Type,
    ttl: &Expr,
    options: &Options,
) -> TokenStream {
    let cache = runtime_path::package("highball-cache");
    let (name, vis, cfgs) = (&function.sig.ident, &function.vis, cfgs(&function.attrs));
    let doc = format!("The arguments of [`{name}`](fn@{name}), the key of its cache.");
    let fields = keyed(args).map(|arg| {
        let (name, ty) = (&arg.name, &arg.owned);
        quote!(#vis #name: #ty)
    });
    let ty = quote!(#cache::Cache<#name, #value>);
    let calls = options.calls.iter().map(|(method, value)| {
        let value = with_units(&cache, value);
        quote!(let __builder = __builder.#method(#value);)
    });
    let ttl = with_units(&cache, ttl);
    let tags = tags(&cache, name, args, options);
    let (params, key) = (keyed(args).map(param), key(name, args));
    quote! {
        #(#cfgs)*
        #[doc = #doc]
        #[allow(non_camel_case_types, missing_debug_implementations, missing_docs)]
        #[derive(::core::clone::Clone, ::core::cmp::PartialEq, ::core::cmp::Eq, ::core::hash::Hash)]
        #vis struct #name { #(#fields),* }

        #(#cfgs)*
        #[allow(dead_code, unreachable_pub)]
        impl #name {
            /// Returns the cache.
            #vis fn cache() -> &'static #ty {
                static CACHE: ::std::sync::LazyLock<#ty> = ::std::sync::LazyLock::new(|| {
                    let __builder = #cache::Cache::builder(#ttl);
                    #(#calls)*
                    #tags
                    __builder.build()
                });
                &CACHE
            }

            /// Invalidates the value of these arguments.
            #vis fn invalidate(#(#params),*) {
                Self::cache().invalidate(&#key);
            }
        }
    }
}

/// Returns the key of arguments that are in scope.
fn key(name: &Ident, args: &[Arg]) -> TokenStream {
    let fields = keyed(args).map(|arg| {
        let (name, value) = (&arg.name, to_key(arg));
        quote!(#name: #value)
    });
    quote!(#name { #(#fields),* })
}

/// Returns a path with this span.
fn path_at(path: TokenStream, span: Span) -> TokenStream {
    let path = path.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    path.collect()
}

fn keyed(args: &[Arg]) -> impl Iterator<Item = &Arg> + Clone {
    args.iter().filter(|arg| !arg.is_skipped)
}

fn param(arg: &Arg) -> TokenStream {
    let (name, ty) = (&arg.name, &arg.ty);
    quote!(#name: #ty)
}

/// Returns the part of the key.
fn to_key(arg: &Arg) -> TokenStream {
    let name = &arg.name;
    if arg.is_reference {
        return quote_spanned!(first_span(&arg.ty)=> ::std::borrow::ToOwned::to_owned(#name));
    }
    quote!(#name)
}

/// Returns the code that makes an argument of the task owned, if it is not in the key.
fn to_owned(arg: &Arg) -> Option<TokenStream> {
    let name = &arg.name;
    let value = to_key(arg);
    arg.is_skipped.then(|| quote!(let #name = #value;))
}

fn pass(arg: &Arg) -> TokenStream {
    let name = &arg.name;
    if arg.is_reference {
        quote!(&#name)
    } else {
        quote!(#name)
    }
}

/// Returns an expression in which the units have their names.
fn with_units(cache: &TokenStream, value: &Expr) -> TokenStream {
    if !matches!(value, Expr::Call(_)) {
        return quote!(#value);
    }
    quote!({
        #[allow(unused_imports)]
        use #cache::__private::units::*;
        #value
    })
}

/// Returns the code that sets the tags: expressions of the arguments, which have their own types.
fn tags(
    cache: &TokenStream,
    function: &Ident,
    args: &[Arg],
    options: &Options,
) -> Option<TokenStream> {
    let tags = &options.tags;
    if tags.is_empty() {
        return None;
    }
    let names = keyed(args).map(|arg| &arg.name);
    let values = keyed(args).map(|arg| {
        let (name, ty) = (&arg.name, &arg.ty);
        if !is_mentioned(name, tags) {
            return quote!(let _ = #name;);
        }
        if arg.is_reference {
            return quote!(let #name: #ty = #name;);
        }
        quote!(let #name = ::core::clone::Clone::clone(#name);)
    });
    Some(quote! {
        let __builder = __builder.tags_by(|__key: &#function| {
            let #function { #(#names),* } = __key;
            #(#values)*
            [#(<#cache::Tag as ::core::convert::From<_>>::from(#tags)),*]
        });
    })
}

fn is_mentioned(name: &Ident, tags: &[Expr]) -> bool {
    fn contains(tokens: TokenStream, name: &Ident) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(found) => found == *name,
            TokenTree::Group(group) => contains(group.stream(), name),
            // A format string may name it.
            TokenTree::Literal(text) => text.to_string().contains(&name.to_string()),
            TokenTree::Punct(_) => false,
        })
    }
    tags.iter().any(|tag| contains(tag.to_token_stream(), name))
}
