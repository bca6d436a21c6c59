//! The fragments of macros by example: the tokens of `$ty:ty` arrive in a group without delimiters.
//!
//! The model of a function is read from how its types are spelled, so such a group is replaced by its tokens. A group
//! that could then be read differently is kept, such as the `a + b` of `$size:expr` in `$size * 2`.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::Type;

/// Returns an item without the groups around its types. The bodies of functions are not changed.
///
/// # Examples
/// ```
/// use highball_macro_stages::fragments::in_item;
/// use quote::quote;
///
/// let item = quote!(fn mail(address: String) {});
/// assert_eq!(in_item(item.clone()).to_string(), item.to_string());
/// ```
pub fn in_item(item: TokenStream) -> TokenStream {
    let keyword = item.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "fn" || word == "impl" => Some(word),
        _ => None,
    });
    // The signatures of methods are in the braces of their block.
    let braces = usize::from(keyword.is_some_and(|word| word == "impl"));
    replace(item, braces, is_type)
}

/// Returns the input of a derive without the groups around its types.
///
/// # Examples
/// ```
/// use highball_macro_stages::fragments::in_type;
/// use proc_macro2::{Delimiter, Group};
/// use quote::quote;
///
/// // A macro by example has put a group around the `$ty:ty`.
/// let ty = Group::new(Delimiter::None, quote!(Vec<u8>));
/// let item = in_type(quote!(struct Mail { text: #ty }));
/// assert_eq!(item.to_string(), quote!(struct Mail { text: Vec<u8> }).to_string());
/// ```
pub fn in_type(item: TokenStream) -> TokenStream {
    replace(item, usize::MAX, is_type)
}

/// Returns the arguments of an attribute, or of `url!`, without the groups around paths.
///
/// # Examples
/// ```
/// use highball_macro_stages::fragments::in_args;
/// use quote::quote;
///
/// assert_eq!(in_args(quote!(queue = mails)).to_string(), "queue = mails");
/// ```
pub fn in_args(args: TokenStream) -> TokenStream {
    replace(args, usize::MAX, |tokens| {
        matches!(parse(tokens), Some(Type::Path(_)))
    })
}

/// Replaces the groups for which `is_safe` is true. `braces` is how many braces around a group are entered.
fn replace(tokens: TokenStream, braces: usize, is_safe: fn(&TokenStream) -> bool) -> TokenStream {
    if !has_group(&tokens, braces) {
        return tokens;
    }
    let mut out = TokenStream::new();
    for token in tokens {
        let TokenTree::Group(group) = token else {
            out.extend([token]);
            continue;
        };
        let inner = match (group.delimiter(), braces) {
            (Delimiter::Brace, 0) => {
                out.extend([TokenTree::Group(group)]);
                continue;
            }
            (Delimiter::Brace, _) => replace(group.stream(), braces - 1, is_safe),
            _ => replace(group.stream(), braces, is_safe),
        };
        if group.delimiter() == Delimiter::None && (is_single(&inner) || is_safe(&inner)) {
            out.extend(inner);
            continue;
        }
        let mut changed = Group::new(group.delimiter(), inner);
        changed.set_span(group.span());
        out.extend([TokenTree::Group(changed)]);
    }
    out
}

/// Returns whether there is a group without delimiters that `replace` would reach. Most items have none, and are not
/// changed. The bodies are not read, because that costs more than all of this.
fn has_group(tokens: &TokenStream, braces: usize) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => match (group.delimiter(), braces) {
            (Delimiter::None, _) => true,
            (Delimiter::Brace, 0) => false,
            (Delimiter::Brace, _) => has_group(&group.stream(), braces - 1),
            _ => has_group(&group.stream(), braces),
        },
        _ => false,
    })
}

fn is_single(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().count() == 1
}

/// Returns whether the tokens are a type that is the same without a group: `&dyn A + B` is not.
fn is_type(tokens: &TokenStream) -> bool {
    match parse(tokens) {
        Some(Type::TraitObject(ty)) => ty.bounds.len() == 1,
        Some(Type::ImplTrait(ty)) => ty.bounds.len() == 1,
        ty => ty.is_some(),
    }
}

fn parse(tokens: &TokenStream) -> Option<Type> {
    syn::parse2(tokens.clone()).ok()
}
