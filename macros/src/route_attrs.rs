//! The names of the attributes that declare a route.

use syn::Attribute;

/// The attributes that declare a route.
pub(crate) const ROUTE_ATTRS: [&str; 10] = [
    "get", "post", "put", "patch", "delete", "head", "options", "query", "any", "route",
];

/// Returns whether the attribute declares a route. The macro cannot resolve names, so the last segment decides.
pub(crate) fn is_route_attr(attr: &Attribute) -> bool {
    attr.path()
        .segments
        .last()
        .is_some_and(|last| ROUTE_ATTRS.iter().any(|verb| last.ident == verb))
}
