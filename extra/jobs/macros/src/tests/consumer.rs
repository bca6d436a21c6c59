use proc_macro2::TokenStream;
use quote::quote;

use super::check_errors;
use crate::consumer::expand;

#[track_caller]
fn check_code(args: TokenStream, item: TokenStream, expected: &[&str]) {
    let code = expand(args, item);
    check_errors(code.clone(), &[]);
    let code = code.to_string();
    for part in expected {
        assert!(code.contains(part), "{part} is not in {code}");
    }
}

#[test]
fn a_consumer_is_a_function_and_a_type() {
    check_code(
        quote!(timeout = secs(30)),
        quote!(
            pub(crate) async fn send(
                job: Email,
                State(mail): State<Mailer>,
                tx: &mut Transaction<Shop>,
                points: Outbox<'_, Award>,
            ) -> Result<(), Retry> {
            }
        ),
        &[
            "pub (crate) async fn send (job : Email , __arg_1 : State < Mailer > , tx : & mut Transaction < Shop > ,",
            "pub struct send { }",
            "use :: highball_jobs :: __private as __jobs ;",
            "type __Job = < __jobs :: Checked < { __jobs :: is_job :: < Email > () } , Email > as __jobs :: Is > :: Type",
            "is_argument :: < State < Mailer > > ()",
            "is_argument :: < & 'static mut Transaction < Shop > > ()",
            "is_argument :: < Outbox < 'static , Award > > ()",
            "type __Arguments = (__0 , (__1 , (__2 , ()))) ;",
            "ConsumerInfo :: new (\"send\" , < __Job as __jobs :: Job > :: NAME , :: core :: file ! () , :: core :: line ! ())",
            ". publishes (& [& < __0 as __jobs :: Argument > :: FACTS ,",
            "impl < __S : :: core :: marker :: Send + :: core :: marker :: Sync + 'static > __jobs :: Run < __S > for send",
            "let (__0 , (__1 , (__2 , ()))) = < __Arguments as __jobs :: Arguments > :: lend (& mut __open)",
            "let __job = __jobs :: read_job :: < __Job > (__version , __payload) ?",
            "= send (__job , __0 , __1 , __2) . await",
        ],
    );
}

#[test]
fn options_are_fields() {
    let item = || {
        quote!(
            async fn send(job: Email) -> Result<(), Retry> {}
        )
    };
    check_code(
        quote!(
            timeout = secs(30),
            at_once = 8,
            attempts = MAX,
            crashes = 3,
            rate = 50,
            backoff = (secs(1), mins(10)),
            keep = days(1),
            from = outside,
        ),
        item(),
        &[
            "use __jobs :: units :: * ; secs (30)",
            "at_once : 8 , attempts : MAX , crashes : 3 ,",
            "rate : :: core :: option :: Option :: Some (50)",
            "backoff : ({ # [allow (unused_imports)] use __jobs :: units :: * ; secs (1) } ,",
            ". from_outside ()",
        ],
    );
    check_code(
        quote!(timeout = never),
        item(),
        &["timeout : :: core :: option :: Option :: None , .. __jobs :: Options :: DEFAULT"],
    );
}

#[test]
fn mistakes_in_options_are_reported() {
    let cases = [
        (
            quote!(),
            "`send` has no `timeout`, so a job that hangs holds its place for ever: write `timeout = secs(30)`, or `timeout = never`",
        ),
        (
            quote!(timout = secs(1)),
            "`consumer` has no option `timout`: did you mean `timeout`?",
        ),
        (quote!(timeout), "write `timeout = secs(30)`"),
        (
            quote!(timeout = 30),
            "a time needs a unit: write `timeout = secs(30)`",
        ),
        (quote!(timeout = "30 s"), "a time needs a unit"),
        (quote!(timeout = secs(0)), "`timeout` is longer than 0"),
        (
            quote!(timeout = secs(1), timeout = secs(2)),
            "`timeout` occurs twice",
        ),
        (
            quote!(timeout = secs(1), at_once = 0),
            "`at_once` is at least 1: write `at_once = 8`",
        ),
        (
            quote!(timeout = secs(1), at_once = -1),
            "`at_once` is at least 1",
        ),
        (
            quote!(timeout = secs(1), at_once = "8"),
            "`at_once` is a number: write `at_once = 8`",
        ),
        (
            quote!(timeout = secs(1), at_once = 1.5),
            "`at_once` is a number",
        ),
        (
            quote!(timeout = secs(1), attempts = 0),
            "`attempts` is at least 1: write `attempts = 12`",
        ),
        (
            quote!(timeout = secs(1), crashes = 0),
            "`crashes` is at least 1",
        ),
        (
            quote!(timeout = secs(1), rate = 0),
            "`rate` is at least 1: write `rate = 50`",
        ),
        (
            quote!(timeout = secs(1), backoff = secs(1)),
            "`backoff` is the first and the longest wait: write `backoff = (secs(1), mins(10))`",
        ),
        (
            quote!(timeout = secs(1), backoff = (1, mins(1))),
            "a time needs a unit: write `backoff = (secs(1), mins(10))`",
        ),
        (
            quote!(timeout = secs(1), backoff = (mins(1), secs(1))),
            "the longest wait is shorter than the first: write `backoff = (secs(1), mins(1))`",
        ),
        (
            quote!(timeout = secs(1), keep = never),
            "`keep` cannot be `never`",
        ),
        (
            quote!(timeout = secs(1), from = inside),
            "`from` has no value `inside`: write `from = outside`",
        ),
        (
            quote!(timeout = secs(1), from = outsid),
            "did you mean `outside`?",
        ),
        (
            quote!("email", timeout = secs(1)),
            "an option of `consumer` has a name: write `timeout = secs(30)`",
        ),
    ];
    for (args, expected) in cases {
        let item = quote!(
            async fn send(job: Email) -> Result<(), Retry> {}
        );
        check_errors(expand(args, item), &[expected]);
    }
}

#[test]
fn mistakes_in_functions_are_reported() {
    let cases = [
        (
            quote!(
                fn send(job: Email) -> Result<(), Retry> {}
            ),
            "a consumer is async: write `async fn send`, and run work that blocks in `tokio::task::spawn_blocking`",
        ),
        (
            quote!(
                async fn send() -> Result<(), Retry> {}
            ),
            "`send` takes no job: write it as the first argument, `job: Email`",
        ),
        (
            quote!(
                async fn send(mail: State<Mailer>, job: Email) -> Result<(), Retry> {}
            ),
            "the first argument of a consumer is the job: write `job: Email` before this `State<Mailer>`",
        ),
        (
            quote!(
                async fn send(tx: &mut Transaction<Shop>) -> Result<(), Retry> {}
            ),
            "write `job: Email` before this `Transaction<Shop>`",
        ),
        (
            quote!(
                async fn send(job: &Email) -> Result<(), Retry> {}
            ),
            "a consumer takes the job by value: write `Email`",
        ),
        (
            quote!(
                async fn send(job: impl Job) -> Result<(), Retry> {}
            ),
            "the job of a consumer is one type",
        ),
        (
            quote!(
                async fn send(job: Email, x: impl Send) -> Result<(), Retry> {}
            ),
            "an argument of a consumer is one type",
        ),
        (
            quote!(
                async fn send<T>(job: Email) -> Result<(), Retry> {}
            ),
            "since it takes one job: remove those of `send`",
        ),
        (
            quote!(
                async fn send<'a>(job: Email) -> Result<(), Retry> {}
            ),
            "remove those of `send`",
        ),
        (
            quote!(
                async fn send(&self, job: Email) -> Result<(), Retry> {}
            ),
            "a consumer has no `self`",
        ),
        (
            quote!(
                async fn send(job: Email) {}
            ),
            "a consumer returns whether it has failed: write `-> Result<(), Retry>`",
        ),
        (
            quote!(
                async fn send(job: Email) -> (u8, u8) {}
            ),
            "a consumer cannot return `(u8, u8)`",
        ),
        (
            quote!(
                async fn u8(job: Email) -> Result<(), Retry> {}
            ),
            "`u8` is a type already: rename the function",
        ),
        (
            quote!(
                async unsafe fn send(job: Email) -> Result<(), Retry> {}
            ),
            "a consumer cannot be `unsafe`",
        ),
        (
            quote!(
                async fn send(job: Email, q: Queue<Email>) -> Result<(), Retry> {}
            ),
            "write `Queue<'_, Email>`",
        ),
        (
            quote!(
                async fn send(job: Email, a: &'static Attempt) -> Result<(), Retry> {}
            ),
            "remove this lifetime",
        ),
        (
            quote!(
                #[cron("@daily")]
                async fn send(job: Email) -> Result<(), Retry> {}
            ),
            "a function is one consumer: move the work to a function that both call",
        ),
    ];
    for (item, expected) in cases {
        check_errors(expand(quote!(timeout = secs(1)), item), &[expected]);
    }
}

#[test]
fn a_consumer_with_a_mistake_is_still_a_consumer() {
    let item = quote!(
        async fn send(mail: State<Mailer>) {}
    );
    let code = expand(quote!(at_once = 0), item).to_string();
    for part in [
        "CoreConsumer for send",
        "Run < __S > for send",
        "type __Job = __jobs :: Tick",
    ] {
        assert!(code.contains(part), "{part} is not in {code}");
    }
}
