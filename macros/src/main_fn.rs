//! `#[highball::main]`: an async `main` on Highball's runtime.

use highball_macro_stages::{
    errors::Errors,
    function::{Function, with_function},
    runtime_path::{private, runtime, runtime_name},
};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Path, ReturnType, Token, parse::Parse, parse_quote};

mod server;

/// The argument `crate = path`, if there is one.
pub(crate) struct Args(Option<Path>);

impl Parse for Args {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() {
            return Ok(Self(None));
        }
        input.parse::<Token![crate]>().map_err(|error| {
            syn::Error::new(
                error.span(),
                "`#[highball::main]` takes `crate = path` and nothing else",
            )
        })?;
        input.parse::<Token![=]>()?;
        input
            .call(Path::parse_mod_style)
            .map(|path| Self(Some(path)))
    }
}

/// Expands `#[highball::main]`.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    with_function(
        item,
        "`main` is a function: leave out `self`",
        |function, errors| expand_function(args, function, errors),
    )
}

fn expand_function(args: TokenStream, function: &Function, errors: &mut Errors) -> TokenStream {
    let args = errors
        .keep(syn::parse2::<Args>(args))
        .and_then(|args| args.0);
    let sig = &function.sig;
    if sig.asyncness.is_none() {
        errors.at(
            sig.fn_token,
            "`main` waits for the server: write `async fn main`",
        );
    }
    if let Some(input) = sig.inputs.first() {
        errors.at(
            input,
            "`main` takes no arguments: read them with `std::env::args()`",
        );
    }
    if let Some(param) = sig.generics.params.first() {
        errors.at(param, "`main` cannot be generic");
    }
    let (mut body, is_returned) = server::rewrite_body(&function.body, args.as_ref(), errors);
    let Function { attrs, vis, .. } = function;
    let private = private(args.as_ref());
    let mut own = sig.clone();
    if is_returned && matches!(sig.output, ReturnType::Default) {
        let message = format!(
            "`main` returns the `Result` of the server: write `async fn main() -> {}::Result`",
            runtime_name(args.as_ref())
        );
        errors.at(&sig.ident, message);
        let runtime = runtime(args.as_ref());
        own.output = parse_quote!(-> #runtime::Result);
        body = quote!({
            let _ = #body;
            #private::Ok(())
        });
    }
    if !errors.is_empty() {
        // rustc would report a missing or malformed `main` as well, so a valid one is emitted.
        own.ident = syn::Ident::new("__main", sig.ident.span());
        return quote!(#[allow(dead_code, unreachable_code)] #(#attrs)* #vis #own #body fn main() {});
    }
    let mut plain = sig.clone();
    plain.asyncness = None;
    let block_on = quote_spanned!(sig.ident.span()=> #private::block_on);
    let output = &sig.output;
    quote! {
        #(#attrs)*
        #vis #plain {
            // In a separate function, `return` and `?` in the body keep their meaning.
            async fn __main() #output #body
            #block_on(__main())
        }
    }
}
