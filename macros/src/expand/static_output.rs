//! A function whose return type is not valid, in a form that has no other error.

use highball_macro_stages::function::Function;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, ReturnType};

use super::args::with_lifetime;

/// Returns the function with `'static` for each lifetime in its return type, after `check_borrow` has reported that
/// type. The body is still checked, but not against that lifetime.
pub(crate) fn with_static_output(
    function: &Function,
    is_removed: fn(&Attribute) -> bool,
) -> TokenStream {
    let (output, body) = (&function.sig.output, &function.body);
    let ReturnType::Type(arrow, ty) = output else {
        return function.to_item_without(is_removed);
    };
    let mut changed = function.clone();
    changed.body = match function.sig.asyncness {
        Some(_) => quote!({ let _ = async { let _: #ty = async #body.await; }; loop {} }),
        None => quote!({ let _ = || #output #body; loop {} }),
    };
    let owned = with_lifetime(ty, "'static");
    changed.sig.output = syn::parse_quote!(#arrow #owned);
    changed.to_item_without(is_removed)
}
