//! Changes within a version.

use quote::quote;

use super::contract::check;

#[test]
fn changes_within_a_version_are_reported() {
    let file = "version 1\n  order: i64\n  to: String\n";
    let cases = [
        (quote!(order: i64, to: String), None),
        (quote!(to: String, order: i64), None),
        (quote!(order: i64, to: String, lang: Option<String>), None),
        (
            quote!(order: i64, to: String, #[serde(default)] lang: String),
            None,
        ),
        (quote!(order: i64, #[serde(default)] to: String), None),
        (
            quote!(order: i64, #[serde(rename = "to")] address: String),
            None,
        ),
        (
            quote!(order: i64),
            Some(
                "running consumers of version 1 read the field `to`, which is lost: keep it, or write `version = 2` and \
                 `upgrade_from(..)`; if version 1 is not in use yet, write `contracts/a.txt` again with \
                 `HIGHBALL_CONTRACTS=accept cargo run -- contracts accept`",
            ),
        ),
        (
            quote!(order: u64, to: String),
            Some("`order` is `i64` in jobs of version 1: keep that type, or write `version = 2`"),
        ),
        (
            quote!(order: i64, to: String, lang: String),
            Some(
                "jobs of version 1 have no `lang`: make it an `Option`, give it `#[serde(default)]`, or write `version = 2`",
            ),
        ),
        (
            quote!(order: i64, address: String),
            Some(
                "`address` seems to be `to` of version 1, and `to` is lost: write `#[serde(rename = \"to\")]`, or write",
            ),
        ),
        (
            quote!(order: i64, to: Option<String>),
            Some(
                "`to` is `String` for running consumers of version 1, which reject `null`: keep that type, or write \
                 `version = 2`; if",
            ),
        ),
        (
            quote!(order: i64, #[serde(default, skip_serializing_if = "f")] to: String),
            Some(
                "running consumers of version 1 reject a job without `to`: remove `skip_serializing_if`, or write `version = 2`; if",
            ),
        ),
    ];
    for (fields, expected) in cases {
        let expected: Vec<_> = expected.into_iter().collect();
        check(file, quote!(), quote!(struct A { #fields }), &expected);
    }
    let optional = "version 1\n  to: String, optional\n";
    check(
        optional,
        quote!(),
        quote!(
            struct A {
                to: String,
            }
        ),
        &["jobs of version 1 may have no `to`: make it an `Option`"],
    );
    check(
        "version 1, deny_unknown_fields\n  to: String\n",
        quote!(),
        quote!(
            struct A {
                to: String,
                lang: Option<u8>,
            }
        ),
        &["running consumers of version 1 reject the new field `lang`: write `version = 2`; if"],
    );
    check(
        "version 1, tuple\n  0: u8\n  1: u8\n",
        quote!(),
        quote!(
            struct A(u8, u8, #[serde(default)] u8);
        ),
        &["reject the new field `2`"],
    );
    check(
        "version 1, unit\n",
        quote!(),
        quote!(
            struct A {
                to: String,
            }
        ),
        &[
            "jobs of version 1 are `unit`, and the type is a struct with named fields: keep the kind of the type, or",
        ],
    );
}

#[test]
fn all_changes_are_reported_at_once() {
    let file = "version 1\n  a: u8\n  b: u8\n  c: u8\n";
    check(
        file,
        quote!(),
        quote!(
            struct A {
                a: u16,
                d: u8,
                e: u8,
            }
        ),
        &[
            "`a` is `u8`",
            "have no `d`",
            "have no `e`",
            "field `b`",
            "field `c`",
        ],
    );
}

#[test]
fn changes_of_an_enum_are_reported() {
    let file = "version 1, enum\n  Lost, unit\n  Sent\n    order: i64\n";
    let cases = [
        (quote!(Sent { order: i64 }, Lost), None),
        (quote!(Sent { order: i64, at: Option<u8> }, Lost), None),
        (
            quote!(Sent { order: i64 }, Lost, Read),
            Some(
                "running consumers of version 1 cannot read the new variant `Read`: write `version = 2`; if",
            ),
        ),
        (
            quote!(Sent { order: i64 }),
            Some("jobs of version 1 may be the variant `Lost`: keep it, or"),
        ),
        (
            quote!(Sent(i64), Lost),
            Some(
                "the variant `Sent` is a struct with named fields in jobs of version 1: keep its kind",
            ),
        ),
        (
            quote!(Sent { order: u64 }, Lost),
            Some("`order` is `i64` in jobs of version 1"),
        ),
    ];
    for (variants, expected) in cases {
        let expected: Vec<_> = expected.into_iter().collect();
        check(file, quote!(), quote!(enum A { #variants }), &expected);
    }
    check(
        file,
        quote!(),
        quote!(
            #[serde(tag = "k")]
            enum A {
                Lost,
            }
        ),
        &["are `enum`, and the type is `enum, tag = \"k\"`"],
    );
}
