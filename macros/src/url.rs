//! `url!(Api, show(42), org = 5, via = Users)`: a link that is checked at compile time.

use highball_macro_stages::{errors::Errors, runtime_path::private, types::first_span};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{
    Expr, Ident, Path, Token, Type,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

/// The names of the options after the handler. Any other name is a parameter of a prefix.
pub(crate) const OPTIONS: [&str; 2] = ["via", "crate"];

struct Url {
    app: Type,
    handler: Path,
    values: Punctuated<Expr, Token![,]>,
    outer: Vec<(Ident, Expr)>,
    via: Option<Ident>,
    krate: Option<Path>,
}

impl Parse for Url {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let app = input.parse()?;
        input
            .parse::<Token![,]>()
            .map_err(|error| syn::Error::new(error.span(), "write `url!(App, handler(value))`"))?;
        let handler = input.call(Path::parse_mod_style)?;
        if !input.peek(syn::token::Paren) {
            let message = "write the handler with the values of its path parameters, as in `show(42)` or `list()`";
            return Err(syn::Error::new(first_span(&handler), message));
        }
        let values;
        parenthesized!(values in input);
        let values = values.parse_terminated(Expr::parse, Token![,])?;
        let mut url = Self {
            app,
            handler,
            values,
            outer: Vec::new(),
            via: None,
            krate: None,
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                url.parse_option(input)?;
            }
        }
        Ok(url)
    }
}

impl Url {
    fn parse_option(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        match OPTIONS.into_iter().find(|option| name == option) {
            Some("via") => self.via = Some(input.parse()?),
            Some(_) => self.krate = Some(input.call(Path::parse_mod_style)?),
            None => self.outer.push((name, input.parse()?)),
        }
        Ok(())
    }
}

/// Expands the call to an expression.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let url = match syn::parse2::<Url>(input) {
        Ok(url) => url,
        Err(error) => {
            let mut errors = Errors::default();
            errors.push(error);
            let errors = errors.into_tokens();
            return quote!({ #errors ::std::string::String::new() });
        }
    };
    let Url {
        app,
        handler,
        values,
        outer,
        via,
        krate,
    } = &url;
    let private = private(krate.as_ref());
    let names: Vec<_> = outer
        .iter()
        .map(|(name, _)| name.unraw().to_string())
        .collect();
    let outer = outer.iter().map(|(_, value)| value);
    let via = match via {
        Some(group) => {
            let group = group.to_string();
            quote!(__hb::Some(#group))
        }
        None => quote!(__hb::None),
    };
    let values = values.iter();
    let last = handler.segments.last().map(|last| last.ident.unraw());
    let route = format_ident!(
        "link_to_{}",
        last.expect("a path has a segment"),
        span = Span::call_site()
    );
    let find = quote_spanned! {first_span(handler)=>
        __hb::find_link(<#app as __hb::App>::ROUTES, <#app as __hb::Entry>::NODE, <__Handler as __hb::Entry>::NODE, #via, &[#(#names),*])
    };
    quote! {{
        use #private as __hb;
        #[allow(unused_imports)]
        use __hb::{Path0 as _, Path1 as _, Path2 as _, Path3 as _, Path4 as _, Path5 as _, Path6 as _};
        // The alias is the only use of the path, so a name without a handler is reported once.
        type __Handler = #handler;
        __hb::join_link(
            // Its name is in an error, and is out of scope for the values.
            { const #route: &'static __hb::Route = #find; #route },
            &[#((#names, &#outer)),*], __Handler::path(#(#values),*),
        )
    }}
}
