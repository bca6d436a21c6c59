use proc_macro2::TokenStream;
use quote::quote;

use super::check_errors;
use crate::{contract::file::File, job::derive_with};

fn derive(input: TokenStream) -> TokenStream {
    derive_with(input, |job, _, _| {
        let path = format!("contracts/{job}.txt");
        (File { path, text: None }, None)
    })
}

#[track_caller]
fn check_code(input: TokenStream, expected: &[&str]) {
    let code = derive(input).to_string();
    for part in expected {
        assert!(code.contains(part), "{part} is not in {code}");
    }
}

#[test]
fn the_options_are_constants_and_methods() {
    check_code(
        quote!(
            #[job("email", version = 2, ordered_by(customer), unique(order, customer), unique_for = mins(10), max_waiting = 10_000)]
            struct Email {
                customer: i64,
                order: i64,
                #[job(secret)]
                #[serde(rename = "apiToken")]
                token: String,
            }
        ),
        &[
            "const NAME : & 'static str = \"email\"",
            "const VERSION : u32 = 2u32",
            "const SECRET : & 'static [& 'static str] = & [\"apiToken\"]",
            "const MAX_WAITING : u64 = 10_000",
            "mins (10)",
            "fn order_key (& self)",
            "__jobs :: key (& [& self . customer])",
            "__jobs :: key (& [& self . order , & self . customer])",
            "const FILE : & 'static str = \"contracts/email.txt\"",
            "const CONTRACT : & 'static str = \"version 2\\n  apiToken: String\\n  customer: i64\\n  order: i64\\n\"",
        ],
    );
}

#[test]
fn a_limit_is_a_constant_with_its_key() {
    check_code(
        quote!(
            #[job("email", limited_by(customer), limit = 3)]
            struct Email {
                customer: i64,
            }
        ),
        &[
            "const LIMIT : u32 = 3",
            "fn limit_key (& self)",
            "__jobs :: key (& [& self . customer])",
        ],
    );
}

#[test]
fn an_upgrade_reads_each_older_type_by_its_version() {
    check_code(
        quote!(
            #[job("email", version = 3, upgrade_from(EmailV1, old::EmailV2))]
            struct Email;
        ),
        &[
            "# [allow (unused_qualifications)] const _",
            "if __version == < __Old0 as __jobs :: Job > :: VERSION",
            "is_job :: < old :: EmailV2 > ()",
            "`EmailV1` does not have a lower version than `old::EmailV2`",
            "the version of `EmailV1` is not below 3, the version of `Email`",
        ],
    );
}

#[test]
fn mistakes_in_options_are_reported() {
    let cases = [
        (
            quote!(),
            "the job `OpenCart` has no name: write `#[job(\"open_cart\")]`",
        ),
        (
            quote!("a b"),
            "the name of a job is one to 64 of the characters",
        ),
        (quote!("cron.x"), "are those of `#[cron]`"),
        (
            quote!("a", versoin = 2),
            "`job` has no option `versoin`: did you mean `version`?",
        ),
        (
            quote!("a", retry = 2),
            "`job` has no option `retry`: the options are `version`, `upgrade_from`",
        ),
        (quote!("a", version), "write `version = 2`"),
        (quote!("a", version = 0), "a version is a number from 1"),
        (quote!("a", version = -1), "a version is a number from 1"),
        (
            quote!("a", version = 2, version = 3),
            "`version` occurs twice",
        ),
        (
            quote!("a", upgrade_from(V1)),
            "`upgrade_from` needs a newer version: add `version = 2`",
        ),
        (
            quote!("a", version = 1, upgrade_from(V1)),
            "raise `version`",
        ),
        (
            quote!("a", version = 2, upgrade_from()),
            "write `upgrade_from(EmailV1)`",
        ),
        (
            quote!("a", version = 2, upgrade_from = V1),
            "write `upgrade_from(EmailV1)`",
        ),
        (
            quote!("a", ordered_by(idd)),
            "`OpenCart` has no field `idd`: did you mean `id`?",
        ),
        (quote!("a", unique(customer)), "its fields are `id`, `pin`"),
        (quote!("a", unique(id, id)), "`id` occurs twice"),
        (
            quote!("a", unique(pin)),
            "`pin` is secret, and a key is stored and shown as text",
        ),
        (
            quote!("a", limited_by(id)),
            "`limited_by` needs the number of jobs of a key that run at once: add `limit = 3`",
        ),
        (
            quote!("a", limit = 3),
            "add `limited_by(..)` with its fields; for all jobs, the consumer has `at_once`",
        ),
        (
            quote!("a", limited_by(id), limit = 0),
            "`limit` is at least 1: write `limit = 3`",
        ),
        (
            quote!("a", limited_by(id), limit = 3, ordered_by(id)),
            "`ordered_by` already runs one job of a key at a time: remove",
        ),
        (quote!("a", limited_by(pin), limit = 3), "`pin` is secret"),
        (quote!("a", unique), "write `unique(order)`"),
        (quote!("a", unique()), "name the fields of the key"),
        (quote!("a", unique_for = mins(1)), "add `unique(..)`"),
        (
            quote!("a", unique(id), unique_for = 10),
            "a time needs a unit: write `unique_for = mins(10)`",
        ),
        (
            quote!("a", unique(id), unique_for = secs(0)),
            "`unique_for` is longer than 0",
        ),
        (
            quote!("a", unique(id), unique_for = never),
            "`unique_for` cannot be `never`",
        ),
        (quote!("a", max_waiting = 0), "`max_waiting` is at least 1"),
        (
            quote!("a", max_waiting = "9"),
            "`max_waiting` is a number: write `max_waiting = 10_000`",
        ),
    ];
    for (options, expected) in cases {
        let input = quote!(
            #[job(#options)]
            struct OpenCart {
                id: u64,
                #[job(secret)]
                pin: String,
            }
        );
        check_errors(derive(input), &[expected]);
    }
}

#[test]
fn mistakes_in_types_are_reported() {
    let cases = [
        (
            quote!(
                struct A<T> {
                    id: T,
                }
            ),
            "a job is stored as one type: remove the parameters of `A`",
        ),
        (quote!(union A { id: u8 }), "a job is a struct or an enum"),
        (
            quote!(
                struct A {
                    #[job(secert)]
                    id: u8,
                }
            ),
            "a field has no option `secert`: did you mean `secret`?",
        ),
        (
            quote!(
                struct A(#[job(secret)] u8);
            ),
            "a secret is hidden by its name",
        ),
        (
            quote!(
                enum A {
                    #[job(secret)]
                    B,
                }
            ),
            "remove it from the variant",
        ),
        (
            quote!(
                struct A {
                    #[serde(skip_serializing)]
                    id: u8,
                }
            ),
            "write `#[serde(skip)]`",
        ),
        (
            quote!(
                struct A {
                    #[serde(getter = "f")]
                    id: u8,
                }
            ),
            "`getter` of serde may change how a job is stored",
        ),
        (
            quote!(
                struct A {
                    #[serde(rename(serialize = "x"))]
                    id: u8,
                }
            ),
            "write one name, `rename = \"..\"`",
        ),
        (
            quote!(
                struct A {
                    #[serde(rename = "a b")]
                    id: u8,
                }
            ),
            "write one without spaces and commas",
        ),
        (
            quote!(
                #[serde(from = "B")]
                struct A {
                    id: u8,
                }
            ),
            "`from` stores another type",
        ),
        (
            quote!(
                struct A {
                    #[serde(skip_serializing_if = "is_zero")]
                    id: u8,
                }
            ),
            "a job without this field could not be read: add `#[serde(default)]`",
        ),
    ];
    for (item, expected) in cases {
        check_errors(derive(quote!(#[job("a")] #item)), &[expected]);
    }
    let keyed = quote!(
        #[job("a", ordered_by(id))]
        enum A {
            B { id: u8 },
        }
    );
    check_errors(derive(keyed), &["an enum has none"]);
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let input = quote!(
        #[job("a b", version = 0, retry = 2, unique(idd), max_waiting = 0)]
        struct A {
            id: u64,
            #[serde(skip_deserializing)]
            name: String,
        }
    );
    let expected = [
        "has no option `retry`",
        "the name of a job",
        "a version is a number",
        "`max_waiting` is at least 1",
        "write `#[serde(skip)]`",
        "has no field `idd`",
    ];
    check_errors(derive(input), &expected);
}

#[test]
fn a_job_with_a_mistake_is_still_a_job() {
    check_code(
        quote!(
            #[job("a", unique(idd))]
            struct A {
                id: u64,
            }
        ),
        &["impl __jobs :: Job for A"],
    );
}
