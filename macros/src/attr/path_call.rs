//! Options of other packages: `highball_cache::responses::cached(ttl = secs(60), stale = mins(5))`.
//!
//! Such an option is a guard or a middleware, in front of all others of the same attribute. The macro has no
//! list of the options: each is a call of a method of that name, and rustc reports a name that the type does not have.

use highball_macro_stages::types::source_text;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    AngleBracketedGenericArguments, Expr, Path, PathArguments, Token,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

use super::with::WithItem;

/// One option: `ttl = secs(60)`, `vary("accept")`, `private` or `by::<User>(..)`.
struct MethodCall {
    name: Ident,
    types: Option<AngleBracketedGenericArguments>,
    args: TokenStream,
}

impl Parse for MethodCall {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        if input.parse::<Option<Token![=]>>()?.is_some() {
            let value: Expr = input.parse()?;
            let args = quote!(#value);
            return Ok(Self {
                name,
                types: None,
                args,
            });
        }
        let mut types = None;
        if input.peek(Token![::]) {
            types = Some(AngleBracketedGenericArguments::parse_turbofish(input)?);
        }
        let mut args = TokenStream::new();
        if input.peek(syn::token::Paren) {
            let inner;
            parenthesized!(inner in input);
            args = inner.parse()?;
        }
        Ok(Self { name, types, args })
    }
}

/// Returns the path of a call that comes next, if one does.
pub(super) fn peek_path_call(input: ParseStream<'_>) -> Option<Path> {
    let ahead = input.fork();
    let path = Path::parse_mod_style(&ahead).ok()?;
    ahead.peek(syn::token::Paren).then_some(path)
}

/// Parses `highball_cache::responses::cached(ttl = secs(60))`.
pub(super) fn parse_path_call(input: ParseStream<'_>) -> syn::Result<WithItem> {
    let path = Path::parse_mod_style(input)?;
    let inner;
    parenthesized!(inner in input);
    path_call(path, inner.parse()?)
}

/// Returns the item for a call with these arguments.
///
/// The type arguments of a method are those of the part: with `by::<User>(..)` a `cached` is a `cached<User>`.
pub(crate) fn path_call(mut path: Path, args: TokenStream) -> syn::Result<WithItem> {
    let calls = Punctuated::<MethodCall, Token![,]>::parse_terminated.parse2(args);
    let calls = calls.map_err(|error| {
        let shown = source_text(&path);
        let message = format!(
            "write the options of `{shown}` as `name = value`, `name(..)` or `name`, separated by commas"
        );
        syn::Error::new(error.span(), message)
    })?;
    let mut built = TokenStream::new();
    let mut seen: Vec<&Ident> = Vec::new();
    for MethodCall { name, types, args } in &calls {
        if seen.contains(&name) {
            let message = format!("`{name}` is given twice: leave one out");
            return Err(syn::Error::new(name.span(), message));
        }
        seen.push(name);
        built.extend(quote_spanned!(name.span()=> .#name #types (#args)));
        if let (Some(types), Some(last)) = (types, path.segments.last_mut()) {
            let mut types = types.clone();
            types.colon2_token = None;
            last.arguments = PathArguments::AngleBracketed(types);
        }
    }
    Ok(WithItem::built(path, built))
}
