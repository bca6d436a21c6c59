//! The code for the arguments of a handler: where each value comes from, as a type.

use highball_macro_stages::{
    function::{Arg, ArgKind},
    pattern::Pattern,
    types::{first_span, last_name, mentions, path_inner, primitive_name, source_text},
};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;

use super::{
    args::{generated_ident, local_probe, with_lifetime},
    check_name,
};

/// The arguments of a handler as generated code names them.
pub(super) struct Sources {
    /// The type of each source, without the arguments that are the context.
    pub(super) types: Vec<TokenStream>,
    /// The binding of each source.
    pub(super) names: Vec<Ident>,
    /// The expression of each argument of the function.
    pub(super) values: Vec<TokenStream>,
}

/// The inputs for the sources of a handler's arguments, apart from the arguments.
pub(super) struct Site<'a> {
    pub(super) pattern: &'a Pattern,
    pub(super) type_params: Vec<&'a Ident>,
    /// Whether the handler is for methods whose requests have no body.
    pub(super) has_no_body: bool,
}

/// Returns the sources of a handler's arguments.
pub(super) fn sources(args: &[Arg], site: &Site<'_>) -> Sources {
    let mut out = Sources {
        types: Vec::new(),
        names: Vec::new(),
        values: Vec::new(),
    };
    let mut earlier = TokenStream::new();
    for (idx, arg) in args.iter().enumerate() {
        let span = first_span(&arg.ty);
        let source = match &arg.kind {
            // With the span of the argument, rustc reports a type mismatch there and not in the macro.
            ArgKind::ContextMut => {
                let cx = generated_ident("__cx", span);
                out.values.push(quote_spanned!(span=> #cx));
                continue;
            }
            ArgKind::ContextRef => {
                let cx = generated_ident("__cx", span);
                out.values.push(quote_spanned!(span=> &*#cx));
                continue;
            }
            ArgKind::Param { back } => {
                let position = format_ident!("N{back}");
                param(arg, &quote!(__hb::#position), site)
            }
            ArgKind::OuterParam => param(arg, &quote!(__hb::ByName), site),
            ArgKind::HandlerSelf => {
                let ty = &arg.ty;
                quote!(__hb::Receiver<'request, #ty>)
            }
            _ => {
                let source = extracted(arg, site, &earlier);
                let ty = with_lifetime(&arg.ty, "'static");
                earlier.extend(
                    quote!(|| __hb::Probe::<#ty>::KIND.body || __hb::ProbeAsync::<#ty>::KIND.body),
                );
                source
            }
        };
        let name = generated_ident(&format!("__{idx}"), span);
        out.types.push(source);
        out.values.push(quote_spanned!(span=> #name));
        out.names.push(name);
    }
    out
}

/// Returns the source of a path parameter. A type whose spelling does not show that it can be parsed is checked.
fn param(arg: &Arg, position: &TokenStream, site: &Site<'_>) -> TokenStream {
    let (name, ty, span) = (&arg.name, &arg.ty, first_span(&arg.ty));
    if matches!(ty, Type::Reference(_)) {
        return quote!(__hb::Text<'request, #position>);
    }
    let shown = source_text(ty);
    // A type that mentions a generic parameter is known only where the function is listed.
    if shown == "String" || primitive_name(ty).is_some() || mentions(ty, &site.type_params) {
        return quote!(__hb::Param<#ty, #position>);
    }
    let (values, names_a_file) = match path_inner(ty) {
        Some(inner) => (value_checks(inner, site.pattern), quote!(false)),
        None => (TokenStream::new(), names_a_file(ty)),
    };
    quote_spanned! {span=>
        __hb::Param<#ty, #position, __hb::Mode<{
            #values
            __hb::param_argument(
                #name,
                #shown,
                __hb::ParamProbe::<#ty>::PARSES,
                #names_a_file,
            )
        }>>
    }
}

/// Returns the source of an extractor's value, with the check of its type.
fn extracted(arg: &Arg, site: &Site<'_>, earlier: &TokenStream) -> TokenStream {
    let span = first_span(&arg.ty);
    let value = with_lifetime(&arg.ty, "'request");
    if !site.type_params.is_empty() {
        return quote_spanned!(span=> __hb::Extracted<__hb::Mode<{ __hb::SYNC }>, #value>);
    }
    let ty = with_lifetime(&arg.ty, "'static");
    let (name, shown) = (&arg.name, source_text(&arg.ty));
    let (path, params) = (&site.pattern.text, site.pattern.names());
    let (check, taken) = match site.has_no_body {
        true => (quote!(get_argument), TokenStream::new()),
        false => (quote!(handler_argument), quote!(false #earlier,)),
    };
    let local = local_probe(&arg.ty);
    let file = path_inner(&arg.ty).map(|inner| value_checks(inner, site.pattern));
    quote_spanned! {span=>
        __hb::Extracted<__hb::Mode<{
            #file
            __hb::#check(
                __hb::Probe::<#ty>::KIND,
                __hb::ProbeAsync::<#ty>::KIND #local,
                #name,
                #shown,
                #path,
                &[#(#params),*],
                #taken
            )
        }>, #value>
    }
}

/// Returns the check that a field of a `PathFields` names no file, or nothing if its spelling shows that.
pub(crate) fn field_check(name: &str, ty: &Type) -> TokenStream {
    if !may_name_a_file(ty) {
        return TokenStream::new();
    }
    let (shown, names_a_file) = (source_text(ty), names_a_file(ty));
    let check = check_name(name);
    quote_spanned! {first_span(ty)=>
        #[allow(dead_code)]
        const #check: ::core::primitive::u8 = __hb::param_argument(#name, #shown, true, #names_a_file);
    }
}

/// Returns the checks that no parameter of `Path<inner>` names a file: a type may be an alias, whose spelling shows
/// nothing.
fn value_checks(inner: &Type, pattern: &Pattern) -> TokenStream {
    let values: Vec<&Type> = match inner {
        Type::Tuple(tuple) => tuple.elems.iter().collect(),
        other => vec![other],
    };
    let values = pattern.names().zip(values);
    let checks = values
        .filter(|(_, ty)| may_name_a_file(ty))
        .map(|(name, ty)| {
            let (shown, names_a_file) = (source_text(ty), names_a_file(ty));
            quote_spanned! {first_span(ty)=>
                let _ = __hb::param_argument(#name, #shown, true, #names_a_file);
            }
        });
    checks.collect()
}

/// Returns whether the spelling of a type leaves it open whether it is a file path.
fn may_name_a_file(ty: &Type) -> bool {
    !matches!(ty, Type::Reference(_)) && source_text(ty) != "String" && primitive_name(ty).is_none()
}

/// Returns whether the type is a file path, as an expression.
fn names_a_file(ty: &Type) -> TokenStream {
    // `Utf8PathBuf` of the crate `camino` is matched by name, since the runtime does not depend on `camino`.
    let is_utf8_path = last_name(ty).is_some_and(|name| name == "Utf8PathBuf");
    let ty = with_lifetime(ty, "'static");
    quote!(#is_utf8_path || __hb::Probe::<#ty>::NAMES_A_FILE)
}
