//! The code for the data of a handler's attribute.

use highball_macro_stages::{function::ArgKind, types::source_text};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, LitStr, Meta, ReturnType};

use super::{handler::Handler, pattern::prefix, route_options, slo, with::Steps};
use crate::attr::{RouteOptions, STANDARD};

/// Returns the definition. The usual one is a single call, because each expression of a constant costs compile time.
pub(super) fn definition(handler: &Handler<'_>, with: &Steps) -> TokenStream {
    let (bits, methods) = methods(handler.attr.methods.as_deref());
    let pattern = prefix(handler.pattern);
    let name = source_text(&handler.call);
    let signature = signature(handler);
    let doc = handler.function.doc();
    let doc = (!doc.is_empty()).then(|| quote!(.doc(#doc)));
    let deprecated = deprecated(&handler.function.attrs);
    let parts = with.parts();
    let parts = (!with.is_empty()).then(|| quote!(.with(&[#parts])));
    let outer = handler.args.iter();
    let outer = outer.filter(|arg| matches!(arg.kind, ArgKind::OuterParam));
    let outer: Vec<_> = outer.map(|arg| &arg.name).collect();
    let outer = (!outer.is_empty()).then(|| quote!(.outer_params(&[#(#outer),*])));
    let options = &handler.attr.options;
    let options = (!is_default(options)).then(|| {
        let options = route_options(options);
        quote!(.options(#options))
    });
    let public = handler.attr.public.then(|| quote!(.public()));
    let slo = handler.attr.slo.as_ref().map(|_| {
        let objective = slo::name(handler);
        quote!(.slo(&#objective))
    });
    // The runtime reads the place of the route from the span of this call.
    quote_spanned! {handler.function.sig.ident.span()=>
        __hb::Definition::new(
            #bits,
            #pattern,
            ::core::concat!(::core::module_path!(), "::", #name),
            #signature,
        ) #methods #doc #deprecated #parts #outer #options #public #slo
    }
}

/// Returns the call for `#[deprecated]`, with its note.
fn deprecated(attrs: &[Attribute]) -> Option<TokenStream> {
    let attr = attrs
        .iter()
        .find(|attr| attr.path().is_ident("deprecated"))?;
    let mut note = LitStr::new("", Span::call_site());
    match &attr.meta {
        Meta::NameValue(meta) => {
            let value = meta.value.to_token_stream();
            note = syn::parse2(value).unwrap_or(note);
        }
        // rustc reports an attribute that cannot be parsed.
        _ => drop(attr.parse_nested_meta(|meta| {
            let value: LitStr = meta.value()?.parse()?;
            if meta.path.is_ident("note") {
                note = value;
            }
            Ok(())
        })),
    }
    Some(quote!(.deprecated(#note)))
}

fn is_default(options: &RouteOptions) -> bool {
    options.slash.is_none()
        && options.finish_on_disconnect.is_none()
        && options.priority.is_none()
        && options.csrf.is_none()
        && options.dual_write.is_none()
        && !options.admin
        && options.exposed.is_none()
}

/// Returns the return type and the arguments as text. The runtime splits it when it is read. The type of a context
/// begins with the byte 1, because the context is not one of the sources that the runtime counts.
fn signature(handler: &Handler<'_>) -> String {
    let mut text = match &handler.function.sig.output {
        ReturnType::Default => "()".to_owned(),
        ReturnType::Type(_, ty) => source_text(ty),
    };
    for arg in &handler.args {
        let is_context = matches!(arg.kind, ArgKind::ContextMut | ArgKind::ContextRef);
        let mark = if is_context { "\u{1}" } else { "" };
        text.push_str(&format!("\0{}\0{mark}{}", arg.name, source_text(&arg.ty)));
    }
    text
}

/// Returns the bits of the standard methods, and the call that sets other methods. `None` is `#[any]`.
fn methods(methods: Option<&[String]>) -> (u16, TokenStream) {
    let Some(methods) = methods else {
        return (0, quote!(.methods(__hb::Methods::ANY)));
    };
    let mut bits = 0_u16;
    let mut extensions = Vec::new();
    for method in methods {
        match STANDARD.iter().position(|known| known == method) {
            Some(bit) => bits |= 1 << bit,
            None => extensions.push(method),
        }
    }
    let others = (!extensions.is_empty())
        .then(|| quote!(.methods(__hb::Methods::new(#bits, &[#(#extensions),*]))));
    (bits, others.unwrap_or_default())
}
