//! The lifetimes in the types of a handler.

use proc_macro2::{TokenStream, TokenTree};

/// Returns whether the tokens have a lifetime other than `'static`, named or elided.
pub(super) fn has_lifetime(tokens: TokenStream) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                let name = tokens.next().map(|name| name.to_string());
                if name.as_deref() != Some("static") {
                    return true;
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                let named = tokens
                    .peek()
                    .is_some_and(|next| matches!(next, TokenTree::Punct(p) if p.as_char() == '\''));
                if !named {
                    return true;
                }
            }
            TokenTree::Group(group) if has_lifetime(group.stream()) => return true,
            _ => {}
        }
    }
    false
}
