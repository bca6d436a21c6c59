use proc_macro2::TokenStream;
use quote::quote;

use super::check_errors;
use crate::{
    contract::{file::File, parse::parse},
    job::derive_with,
};

fn derive(file: &str, input: TokenStream) -> TokenStream {
    let text = Some(file.to_owned());
    derive_with(input, |job, _, _| {
        let path = format!("contracts/{job}.txt");
        (File { path, text }, None)
    })
}

/// The text of the section that the derive writes.
#[track_caller]
fn section(input: TokenStream) -> String {
    let code = derive("version 9\n", input);
    let code = code.to_string();
    let (_, rest) = code
        .split_once("const CONTRACT : & 'static str = ")
        .expect("is there");
    let (text, _) = rest.split_once(" ;").expect("is there");
    syn::parse_str::<syn::LitStr>(text)
        .expect("is a text")
        .value()
}

#[track_caller]
fn check_section(input: TokenStream, expected: &str) {
    let text = section(quote!(#[job("a")] #input));
    assert_eq!(text, expected);
    // The file can be read, and does not differ from the type that it was written from.
    let sections = parse(&text).expect("can be read");
    assert_eq!(sections[0].to_string(), text);
    check_errors(derive(&text, quote!(#[job("a")] #input)), &[]);
}

#[test]
fn a_section_has_the_stored_form() {
    check_section(
        quote!(
            struct A {
                to: Vec<String>,
                r#type: Option<u8>,
                #[serde(rename = "x")]
                y: u8,
                #[serde(default)]
                lang: String,
                #[serde(skip)]
                cache: u8,
                #[serde(with = "hex")]
                id: Option<Id>,
                #[serde(flatten)]
                rest: Rest,
            }
        ),
        "version 1\n  ..rest: Rest\n  id: Option<Id>, with = \"hex\"\n  lang: String, optional\n  to: Vec<String>\n  \
         type: Option<u8>, optional\n  x: u8\n",
    );
    check_section(
        quote!(
            #[serde(rename_all = "camelCase", default, deny_unknown_fields)]
            struct A {
                order_id: u64,
            }
        ),
        "version 1, deny_unknown_fields\n  orderId: u64, optional\n",
    );
    check_section(
        quote!(
            struct A;
        ),
        "version 1, unit\n",
    );
    check_section(
        quote!(
            struct A(HashMap<u8, u8>);
        ),
        "version 1, newtype\n  0: HashMap<u8, u8>\n",
    );
    check_section(
        quote!(
            struct A(u8, Option<u8>);
        ),
        "version 1, tuple\n  0: u8\n  1: Option<u8>\n",
    );
    check_section(
        quote!(
            #[serde(transparent)]
            struct A {
                id: u8,
            }
        ),
        "version 1, newtype\n  0: u8\n",
    );
    check_section(
        quote!(
            #[serde(
                tag = "kind",
                rename_all = "snake_case",
                rename_all_fields = "camelCase"
            )]
            enum A {
                WasSent {
                    order_id: u8,
                },
                Lost,
                #[serde(rename = "b")]
                Back(u8),
            }
        ),
        "version 1, enum, tag = \"kind\"\n  b, newtype\n    0: u8\n  lost, unit\n  was_sent\n    orderId: u8\n",
    );
}

/// Compares the job `a` with a file.
#[track_caller]
pub(super) fn check(file: &str, options: TokenStream, input: TokenStream, expected: &[&str]) {
    check_errors(derive(file, quote!(#[job("a" #options)] #input)), expected);
}

#[test]
fn older_versions_are_read_or_upgraded() {
    let file = "# What may be in the queue.\nversion 1\n  order: i64\n  to: String\n\nversion 3\n  order: i64\n";
    let two = quote!(, version = 2);
    // A field that is not read any more, and one that may be absent.
    check(
        file,
        two.clone(),
        quote!(
            struct A {
                order: i64,
                lang: Option<u8>,
            }
        ),
        &[],
    );
    check(
        file,
        two.clone(),
        quote!(
            struct A {
                order: Option<i64>,
            }
        ),
        &[],
    );
    check(
        file,
        two.clone(),
        quote!(
            struct A {
                order: i64,
                #[serde(alias = "to")]
                address: String,
            }
        ),
        &[],
    );
    check(
        file,
        two.clone(),
        quote!(
            struct A {
                order: u64,
            }
        ),
        &[
            "`order` is `i64` in jobs of version 1: keep that type, or write `upgrade_from(..)` with a type of version 1; if no \
           job of version 1 is left, remove it from `contracts/a.txt`",
        ],
    );
    check(
        file,
        two.clone(),
        quote!(
            struct A {
                order: i64,
                address: String,
            }
        ),
        &[
            "`address` seems to be `to` of version 1, and `to` is lost: write `#[serde(alias = \"to\")]`, or write",
        ],
    );
    check(
        file,
        two,
        quote!(
            #[serde(deny_unknown_fields)]
            struct A {
                order: i64,
            }
        ),
        &["jobs of version 1 have `to`, which is rejected now: keep it"],
    );
    let upgrades = quote!(, version = 2, upgrade_from(V1));
    let code = derive(
        file,
        quote!(
            #[job("a" #upgrades)]
            struct A {
                order: u64,
            }
        ),
    );
    check_errors(code.clone(), &[]);
    let code = code.to_string();
    assert!(
        code.contains("if < __Old0 as __jobs :: Job > :: VERSION != 1u32 {"),
        "{code}"
    );
    assert!(
        code.contains("no type in `upgrade_from(..)` has version 1, which `A` cannot read, because `order` is `i64`"),
        "{code}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_refused() {
    let cases = [
        (
            "",
            "`contracts/a.txt` is not a contract, because it has no version; restore the file",
        ),
        (
            "version 1\n<<<<<<< HEAD\n",
            "line 2 is the mark of a merge conflict: resolve the conflict",
        ),
        (
            "version 1\n=======\n",
            "line 2 is the mark of a merge conflict",
        ),
        (
            "version 1\nto: String\n",
            "line 2 cannot be read: `to: String`",
        ),
        ("version 1\n  to String\n", "line 2 cannot be read"),
        ("version one\n", "line 1 cannot be read"),
        ("version 0\n", "line 1 cannot be read"),
        ("  to: String\n", "line 1 cannot be read"),
        ("version 1\nversion 1\n", "line 2 cannot be read"),
        ("version 1, enum\n    to: String\n", "line 2 cannot be read"),
    ];
    for (file, expected) in cases {
        check(
            file,
            quote!(),
            quote!(
                struct A {
                    to: String,
                }
            ),
            &[expected],
        );
    }
    check(
        "version 1\r\n  to: String\r\n",
        quote!(),
        quote!(
            struct A {
                to: String,
            }
        ),
        &[],
    );
}
