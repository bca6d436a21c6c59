//! Generated code next to names, macros, attributes and lints that could change its meaning. The same sources are
//! compiled in two editions.

#![forbid(unsafe_code)]
#![deny(
    deprecated,
    missing_debug_implementations,
    missing_docs,
    non_ascii_idents,
    nonstandard_style,
    private_bounds,
    private_interfaces,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
// These lints are about the code of this package, not about what is generated.
#![allow(
    clippy::double_must_use,
    clippy::duplicated_attributes,
    clippy::match_bool,
    clippy::missing_const_for_fn,
    clippy::missing_errors_doc,
    clippy::mixed_attributes_style,
    clippy::non_minimal_cfg,
    clippy::redundant_pub_crate,
    clippy::unused_async,
    clippy::unused_self
)]

pub mod attributes;
pub mod instrumented;
pub mod macros;
pub mod own;
pub mod places;
pub mod raw;
pub mod shadowed;
#[cfg(test)]
mod tests;
