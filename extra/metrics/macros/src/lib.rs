//! The macros of `highball-metrics`.

use highball_macro_stages::fragments;

mod buckets;
mod doc;
mod frame;
mod labels;
mod metrics;
mod name;
#[cfg(test)]
mod tests;

/// Implements `Labels` for an enum without fields, or for a struct of enums and `bool`s.
///
/// The values of an enum are the names of its variants in snake case. `#[label("mobile app")]` on a variant sets
/// another value. As the only label of a metric, an enum has the name of its type in snake case, or that of
/// `#[label("..")]` on the enum. In a struct, each label has the name of its field.
#[proc_macro_derive(Labels, attributes(label))]
pub fn labels(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    frame::expand(
        fragments::in_type(input.into()),
        labels::expand,
        labels::stub,
    )
    .into()
}

/// Implements `Metrics` for a struct whose fields are counters, gauges and histograms.
///
/// The doc comment of a field is the help of its metric. The name of a metric is that of the struct and the field in
/// snake case, and the unit; a counter ends with `_total`.
///
/// | Attribute | On | Meaning |
/// |---|---|---|
/// | `#[buckets(5.0, 20.0)]` | a histogram, required | the bounds |
/// | `#[metric(name = "orders_paid")]` | a field | the name, without the unit |
/// | `#[metric(series = 3600)]` | a field | the maximum of series, by default 2,000 |
/// | `#[metrics(prefix = "shop")]` | the struct | the first part of all names |
#[proc_macro_derive(Metrics, attributes(metrics, metric, buckets))]
pub fn metrics(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    frame::expand(
        fragments::in_type(input.into()),
        metrics::expand,
        metrics::stub,
    )
    .into()
}
