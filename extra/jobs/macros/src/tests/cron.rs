use proc_macro2::TokenStream;
use quote::quote;

use super::check_errors;
use crate::cron::expand;

fn prune(args: TokenStream) -> TokenStream {
    let item = quote!(
        async fn prune(shop: State<Pool<Shop>>) -> Result<(), Retry> {}
    );
    expand(args, item)
}

#[test]
fn a_schedule_is_a_constant() {
    let code = prune(quote!(
        "0 3 * * *",
        zone = "Europe/Berlin",
        missed = skip,
        timeout = mins(10),
        attempts = 3
    ));
    check_errors(code.clone(), &[]);
    let code = code.to_string();
    for part in [
        "struct prune { }",
        "type __Job = __jobs :: Tick ;",
        "ConsumerInfo :: new (\"prune\" , \"cron.prune\"",
        ". scheduled ()",
        "cron : \"0 3 * * *\" , zone : \"Europe/Berlin\" , missed : __jobs :: Missed :: Skip",
        "at_once : 1 , timeout :",
        "attempts : 3",
        "= prune (__0) . await",
    ] {
        assert!(code.contains(part), "{part} is not in {code}");
    }
    let code = prune(quote!("@daily", timeout = never)).to_string();
    assert!(
        code.contains("zone : \"UTC\" , missed : __jobs :: Missed :: Once"),
        "{code}"
    );
}

#[test]
fn mistakes_are_reported() {
    let cases = [
        (
            quote!(timeout = mins(1)),
            "`cron` needs a schedule: write `#[cron(\"0 3 * * *\", timeout = mins(10))]`",
        ),
        (
            quote!("0 3 * * *"),
            "`prune` has no `timeout`, so a run that hangs holds its place for ever",
        ),
        (quote!("0 25 * * *", timeout = mins(1)), "`25` is no hour"),
        (
            quote!("@daily", timeout = mins(1), zone = "Berlin"),
            "`Berlin` is no time zone: did you mean `Europe/Berlin`?",
        ),
        (
            quote!("@daily", timeout = mins(1), zone = Europe),
            "`zone` is the name of a time zone",
        ),
        (
            quote!("@daily", timeout = mins(1), missed = twice),
            "`missed` has no value `twice`: write `missed = once`, or `missed = skip`, or",
        ),
        (
            quote!("@daily", timeout = mins(1), at_once = 2),
            "`cron` has no option `at_once`",
        ),
        (
            quote!("@daily", timeout = mins(1), rate = 2),
            "`cron` has no option `rate`",
        ),
    ];
    for (args, expected) in cases {
        check_errors(prune(args), &[expected]);
    }
    let item = quote!(
        async fn prune<T>() {}
    );
    check_errors(
        expand(quote!("@daily", timeout = mins(1)), item),
        &[
            "a function with `#[cron]` has no parameters in `<..>`, since the schedule calls it",
            "a function with `#[cron]` returns whether it has failed",
        ],
    );
}

#[test]
fn zones_are_those_of_the_database() {
    for zone in [
        "UTC",
        "America/Argentina/Buenos_Aires",
        "Etc/GMT+1",
        "Africa/Porto-Novo",
    ] {
        check_errors(
            prune(quote!("@daily", timeout = mins(1), zone = #zone)),
            &[],
        );
    }
    for (zone, expected) in [
        (
            "",
            "`` is no time zone: write a name such as `Europe/Berlin`, or leave it out for UTC",
        ),
        ("Mars/Olympus", "write a name such as"),
        (
            "Europe/Berln",
            "`Europe/Berln` is no time zone: did you mean `Europe/Berlin`?",
        ),
        ("europe/berlin", "did you mean `Europe/Berlin`?"),
        ("Buenos_Aires", "did you mean `America/"),
        ("America/New York", "did you mean `America/New_York`?"),
    ] {
        check_errors(
            prune(quote!("@daily", timeout = mins(1), zone = #zone)),
            &[expected],
        );
    }
}
