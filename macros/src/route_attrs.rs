//! The attributes that declare a route.

use syn::Attribute;

/// The methods that have an attribute of their own.
pub(crate) const VERBS: [&str; 10] = [
    "get", "post", "put", "patch", "delete", "head", "options", "query", "any", "route",
];

/// Returns whether the attribute declares a route, as far as its spelling tells.
pub(crate) fn is_verb(attr: &Attribute) -> bool {
    attr.path()
        .segments
        .last()
        .is_some_and(|last| VERBS.iter().any(|verb| last.ident == verb))
}
