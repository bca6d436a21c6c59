//! Tests of the derives.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{frame, labels, metrics, name};

#[track_caller]
fn check_labels(input: TokenStream, expected: &str) {
    let code = frame::expand(input, labels::expand, labels::stub).to_string();
    assert!(code.contains(expected), "{code}");
}

#[track_caller]
fn check_metrics(input: TokenStream, expected: &str) {
    let code = frame::expand(input, metrics::expand, metrics::stub).to_string();
    assert!(code.contains(expected), "{code}");
}

#[test]
fn names_are_in_snake_case() {
    for (name, expected) in [
        ("Sales", "sales"),
        ("HTTPCode", "http_code"),
        ("Http2", "http2"),
        ("is_first", "is_first"),
        ("ABTest", "ab_test"),
    ] {
        let name = syn::Ident::new(name, proc_macro2::Span::call_site());
        assert_eq!(name::snake(&name), expected);
    }
    assert_eq!(name::snake(&syn::parse_quote!(r#type)), "type");
}

#[test]
fn values_are_the_names_of_variants() {
    check_labels(
        quote!(
            enum Channel {
                Web,
                #[label("mobile app")]
                App,
            }
        ),
        "Factor :: new (\"channel\" , & [\"web\" , \"mobile app\"])",
    );
}

#[test]
fn mistakes_of_labels_are_reported() {
    let cases = [
        (
            quote!(
                enum Never {}
            ),
            "the label `Never` has no value",
        ),
        (
            quote!(
                enum E {
                    A(u8),
                }
            ),
            "each variant is one value of the label",
        ),
        (
            quote!(
                enum E {
                    A,
                    #[label("a")]
                    B,
                }
            ),
            "two variants have the value `a`",
        ),
        (
            quote!(
                enum Le {
                    A,
                }
            ),
            "histograms have a label `le`",
        ),
        (
            quote!(
                #[label("a b")]
                enum E {
                    A,
                }
            ),
            "the name of a label has only",
        ),
        (
            quote!(
                struct S(Channel);
            ),
            "the fields of `S` name its labels",
        ),
        (
            quote!(
                struct S {
                    __x: bool,
                }
            ),
            "the name of a label has only",
        ),
        (
            quote!(
                enum E<T> {
                    A,
                }
            ),
            "labels have one type",
        ),
        (
            quote!(union U { a: u8 }),
            "labels are an enum or a struct of enums",
        ),
    ];
    for (input, expected) in cases {
        check_labels(input, expected);
    }
}

#[test]
fn help_is_the_first_paragraph() {
    check_metrics(
        quote!(
            struct Sales {
                /// Orders
                /// that were paid.
                ///
                /// More.
                paid: Counter<Channel>,
            }
        ),
        "\"Sales\" , \"sales_paid\" , \"Orders that were paid.\"",
    );
}

#[test]
fn names_can_be_set() {
    check_metrics(
        quote!(
            #[metrics(prefix = "shop")]
            struct Sales {
                /// A
                a: Counter,
                /// B
                #[metric(name = "orders", series = 3600)]
                b: metrics::Gauge<Channel, Euros>,
            }
        ),
        "\"Sales\" , \"shop_a\" , \"A\" , :: core :: option :: Option :: Some (& []) ,",
    );
}

#[test]
fn mistakes_of_metrics_are_reported() {
    let cases = [
        (quote!(a: Counter), "the metric `a` has no help"),
        (quote!(#[doc = "A"] a: u64), "`u64` is not a metric"),
        (
            quote!(#[doc = "A"] a: Histogram),
            "the histogram `a` has no bounds",
        ),
        (
            quote!(#[doc = "A"] #[buckets()] a: Histogram),
            "at least one bound",
        ),
        (
            quote!(#[doc = "A"] #[buckets(2, 1.0)] a: Histogram),
            "`1` is not larger than `2`",
        ),
        (
            quote!(#[doc = "A"] #[buckets(x)] a: Histogram),
            "a bound is a number",
        ),
        (
            quote!(#[doc = "A"] #[buckets(1)] a: Counter),
            "`a` has bounds but is a counter",
        ),
        (
            quote!(#[doc = "A"] #[metric(name = "a b")] a: Counter),
            "the name of a metric has only",
        ),
        (
            quote!(#[doc = "A"] größe: Counter),
            "the name of a metric has only",
        ),
        (
            quote!(#[doc = "A"] #[metric(serie = 3)] a: Counter),
            "did you mean `series`?",
        ),
        (
            quote!(#[doc = "A"] #[metric(prefix = "a")] a: Counter),
            "`prefix` is an option of the struct",
        ),
        (
            quote!(#[doc = "A"] a: Counter, #[doc = "B"] #[metric(name = "s_a")] b: Counter),
            "two metrics have the name `s_a`",
        ),
    ];
    for (fields, expected) in cases {
        check_metrics(quote!(struct S { #fields }), expected);
    }
    check_metrics(
        quote!(
            struct S;
        ),
        "metrics are the fields of a struct",
    );
    check_metrics(
        quote!(
            struct S<T> {
                a: T,
            }
        ),
        "a struct of metrics has one type",
    );
}
