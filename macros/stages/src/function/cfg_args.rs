//! Arguments under a `#[cfg]`.
//!
//! A macro cannot evaluate a condition, and stable Rust accepts no attribute on an argument of a call. So the item is
//! expanded once for each combination of its conditions, and each result is under the `#[cfg]` of its combination.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::{
    Attribute, FnArg, ImplItem, ImplItemFn, ItemImpl, Meta, PatType, Signature,
    punctuated::Punctuated,
};

use super::Function;

/// More conditions would be more than 16 copies of the item. `check_signature` reports them.
const MAX_CONDITIONS: usize = 4;

/// Expands a function, or an impl block with one method, for each combination of the conditions on its arguments.
pub fn expand_each(item: TokenStream, expand: impl Fn(TokenStream) -> TokenStream) -> TokenStream {
    if !mentions_cfg(&item) {
        return expand(item);
    }
    let copies = function_copies(&item).or_else(|| block_copies(&item));
    match copies {
        Some(copies) => copies.into_iter().map(expand).collect(),
        None => expand(item),
    }
}

/// Replaces each method with conditions on its arguments by a method for each combination.
pub fn split_methods(block: &mut ItemImpl) {
    let items = std::mem::take(&mut block.items);
    for item in items {
        match item {
            ImplItem::Fn(method) => block
                .items
                .extend(method_copies(method).into_iter().map(ImplItem::Fn)),
            other => block.items.push(other),
        }
    }
}

/// Returns whether the arguments, or the methods of a block, contain `#[cfg(..)]`. It is quick, because every item of
/// every attribute passes it.
fn mentions_cfg(item: &TokenStream) -> bool {
    let is_function = item
        .clone()
        .into_iter()
        .any(|token| matches!(token, TokenTree::Ident(word) if word == "fn"));
    item.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis => contains_cfg(group.stream()),
            Delimiter::Brace => !is_function && contains_cfg(group.stream()),
            _ => false,
        },
        _ => false,
    })
}

fn contains_cfg(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => match group.stream().into_iter().next() {
            Some(TokenTree::Ident(first)) if first == "cfg" => true,
            _ => contains_cfg(group.stream()),
        },
        _ => false,
    })
}

fn function_copies(item: &TokenStream) -> Option<Vec<TokenStream>> {
    let function = syn::parse2::<Function>(item.clone()).ok()?;
    let Function {
        attrs, vis, body, ..
    } = &function;
    let copies = signatures(&function.sig)?.into_iter();
    let copies = copies.map(|(cfg, sig)| quote!(#cfg #(#attrs)* #vis #sig #body));
    Some(copies.collect())
}

fn block_copies(item: &TokenStream) -> Option<Vec<TokenStream>> {
    let block = syn::parse2::<ItemImpl>(item.clone()).ok()?;
    let [ImplItem::Fn(method)] = &block.items[..] else {
        return None;
    };
    let copies = signatures(&method.sig)?.into_iter().map(|(cfg, sig)| {
        let mut copy = block.clone();
        copy.items = vec![ImplItem::Fn(ImplItemFn {
            sig,
            ..method.clone()
        })];
        quote!(#cfg #copy)
    });
    Some(copies.collect())
}

fn method_copies(method: ImplItemFn) -> Vec<ImplItemFn> {
    let Some(copies) = signatures(&method.sig) else {
        return vec![method];
    };
    let copies = copies.into_iter().map(|(cfg, sig)| {
        let mut copy = method.clone();
        copy.attrs.insert(0, cfg);
        ImplItemFn { sig, ..copy }
    });
    copies.collect()
}

/// Returns the signature for each combination of its conditions, or `None` if it has none.
fn signatures(sig: &Signature) -> Option<Vec<(Attribute, Signature)>> {
    let mut conditions: Vec<TokenStream> = Vec::new();
    for input in &sig.inputs {
        let FnArg::Typed(arg) = input else { continue };
        for (condition, _) in conditions_of(arg) {
            if !conditions.iter().any(|known| is_same(known, &condition)) {
                conditions.push(condition);
            }
        }
    }
    if conditions.is_empty() || conditions.len() > MAX_CONDITIONS {
        return None;
    }
    let copies = (0..1_usize << conditions.len()).map(|bits| {
        let holds = |idx: usize| bits & (1 << idx) != 0;
        let terms = conditions
            .iter()
            .enumerate()
            .map(|(idx, condition)| match holds(idx) {
                true => quote!(#condition),
                false => quote!(not(#condition)),
            });
        let cfg = syn::parse_quote!(#[cfg(all(#(#terms),*))]);
        let exists = |condition: &TokenStream| {
            let idx = conditions
                .iter()
                .position(|known| is_same(known, condition));
            idx.is_some_and(holds)
        };
        (cfg, signature(sig, exists))
    });
    Some(copies.collect())
}

/// Returns the signature with the arguments whose conditions hold.
fn signature(sig: &Signature, holds: impl Fn(&TokenStream) -> bool) -> Signature {
    let inputs = sig.inputs.iter().filter_map(|input| {
        let FnArg::Typed(arg) = input else {
            return Some(input.clone());
        };
        let mut arg = arg.clone();
        let mut conditions = conditions_of(&arg).into_iter();
        let exists = conditions.all(|(condition, expected)| holds(&condition) == expected);
        arg.attrs.retain(|attr| !attr.path().is_ident("cfg"));
        exists.then_some(FnArg::Typed(arg))
    });
    let inputs: Punctuated<_, _> = inputs.collect();
    Signature {
        inputs,
        ..sig.clone()
    }
}

/// Returns the conditions of an argument, each with the value that it must have: `not(unix)` is `unix` and false.
fn conditions_of(arg: &PatType) -> Vec<(TokenStream, bool)> {
    let conditions = super::cfgs(&arg.attrs).into_iter();
    let conditions = conditions.filter_map(|cfg| match &cfg.meta {
        Meta::List(list) => Some(without_not(list.tokens.clone())),
        _ => None,
    });
    conditions.collect()
}

fn without_not(condition: TokenStream) -> (TokenStream, bool) {
    let tokens: Vec<_> = condition.clone().into_iter().collect();
    match &tokens[..] {
        [TokenTree::Ident(not), TokenTree::Group(inner)] if not == "not" => (inner.stream(), false),
        _ => (condition, true),
    }
}

fn is_same(a: &TokenStream, b: &TokenStream) -> bool {
    a.to_string() == b.to_string()
}
