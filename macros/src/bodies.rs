//! Items with a body that syn cannot parse: an unfinished one, or one with syntax that is newer than syn.
//!
//! A function's body is opaque, but a module or an impl block is parsed with the bodies in it. If that fails, each body
//! is an identifier while the item is expanded, and is put back into the code. So rustc alone judges it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::parse::Parse;

/// The name of the identifier, before its number.
const NAME: &str = "__body_";

/// Parses and expands an item. Returns nothing if it is no `T`.
pub(crate) fn expand_item<T: Parse>(
    item: &TokenStream,
    expand: impl FnOnce(T) -> TokenStream,
) -> Option<TokenStream> {
    if let Ok(parsed) = syn::parse2(item.clone()) {
        return Some(expand(parsed));
    }
    let mut bodies = Vec::new();
    let parsed = syn::parse2(take_bodies(item.clone(), &mut bodies)).ok()?;
    Some(put_back(expand(parsed), &bodies))
}

/// Replaces the body of each function, also in blocks and modules.
fn take_bodies(item: TokenStream, bodies: &mut Vec<TokenStream>) -> TokenStream {
    let mut is_function = false;
    let tokens = item.into_iter().map(|token| {
        match &token {
            TokenTree::Ident(word) if word == "fn" => is_function = true,
            TokenTree::Punct(sign) if sign.as_char() == ';' => is_function = false,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let inner = match std::mem::take(&mut is_function) {
                    false => take_bodies(group.stream(), bodies),
                    true => {
                        let name = format!("{NAME}{}", bodies.len());
                        bodies.push(group.stream());
                        TokenTree::from(Ident::new(&name, Span::call_site())).into()
                    }
                };
                return with_stream(group, inner);
            }
            _ => {}
        }
        token
    });
    tokens.collect()
}

fn put_back(code: TokenStream, bodies: &[TokenStream]) -> TokenStream {
    let tokens = code.into_iter().map(|token| match &token {
        TokenTree::Ident(word) => body_of(word, bodies).unwrap_or_else(|| token.into()),
        TokenTree::Group(group) => with_stream(group, put_back(group.stream(), bodies)).into(),
        _ => token.into(),
    });
    tokens.collect()
}

/// Returns the body in whose place the identifier is.
fn body_of(word: &Ident, bodies: &[TokenStream]) -> Option<TokenStream> {
    let number = word.to_string().strip_prefix(NAME)?.parse::<usize>().ok()?;
    bodies.get(number).cloned()
}

/// Returns the group with other tokens in it.
fn with_stream(group: &Group, stream: TokenStream) -> TokenTree {
    let mut changed = Group::new(group.delimiter(), stream);
    changed.set_span(group.span());
    TokenTree::Group(changed)
}
