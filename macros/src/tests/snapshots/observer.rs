// #[observer]
// fn log(exchange: &Exchange<'_>, agent: Option<UserAgent>) {
//     println!("{exchange:?} {agent:?}");
// }

fn log(exchange: &Exchange<'_>, agent: Option<UserAgent>) {
    println!("{exchange:?} {agent:?}");
}
#[doc(hidden)]
#[allow(
    deprecated,
    non_camel_case_types,
    dead_code,
    missing_debug_implementations,
    unreachable_pub
)]
struct log {}
#[allow(
    deprecated,
    trivial_bounds,
    unused_imports,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]
const _: () = {
    use ::highball::__private as __hb;
    use __hb::{NoExtractor as _, NoLocal as _, NoPart as _};
    type argument_1 = __hb::Mode<
        {
            __hb::part_argument(
                __hb::Probe::<Option<UserAgent>>::KIND,
                __hb::ProbeAsync::<Option<UserAgent>>::KIND,
                "agent",
                "Option<UserAgent>",
                false,
            )
        },
    >;
    #[allow(dead_code)]
    const check_of_the_value: () = __hb::assert_passed(
        "()",
        __hb::PassedLocalsProbe::<()>::IS,
    );
    #[automatically_derived]
    impl __hb::ConfiguredPart for log {
        type Part = Self;
        fn part() -> &'static Self {
            &Self {}
        }
    }
    #[automatically_derived]
    impl log {
        #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
        const fn configured() -> Self {
            Self {}
        }
    }
    #[automatically_derived]
    impl __hb::ChainPart for log {
        const NAME: &'static ::core::primitive::str = ::core::concat!(
            ::core::module_path!(), "::", "log"
        );
        const ARGUMENTS: &'static [__hb::ArgumentFacts] = &[];
        const FACTS: __hb::Facts = __hb::Facts::NONE;
        const ANSWERS: __hb::Answers = __hb::Answers::NONE;
        const PART: __hb::PartInfo = __hb::PartInfo {
            name: <Self as __hb::ChainPart>::NAME,
            place: ::core::panic::Location::caller(),
            is_generic: false,
            kind: __hb::PartKind::Observer,
            shares: false,
            arguments: <Self as __hb::ChainPart>::ARGUMENTS,
            facts: __hb::part_facts(
                <Self as __hb::ChainPart>::ARGUMENTS,
                <Self as __hb::ChainPart>::FACTS,
            ),
            stated: &[],
            inputs: &<Self as __hb::ChainPart>::INPUTS,
            answers: &<Self as __hb::ChainPart>::ANSWERS,
            passes: __hb::PassedLocalsProbe::<()>::IDS,
            after: &[],
            before: &[],
            beside: 0,
            is_conditional: false,
            is_broken: false,
        };
        const KIND: ::core::primitive::u8 = 2;
    }
    #[allow(dead_code)]
    const check_of_argument_1: () = __hb::assert_observer(
        "Option<UserAgent>",
        argument_1::IS,
        __hb::Probe::<Option<UserAgent>>::NEEDS,
    );
    #[automatically_derived]
    impl<__S: __hb::SharedValue> __hb::Observer<__S> for log
    where
        for<'request> __S: __hb::Argument<'request, argument_1, Option<UserAgent>>,
    {
        #[allow(unused_variables)]
        fn observe<'request>(
            &'static self,
            __exchange: &__hb::Exchange<'_>,
            __env: __hb::Call<'request, __S>,
        ) {
            let __arg_1 = match <__S as __hb::Argument<
                'request,
                argument_1,
                Option<UserAgent>,
            >>::extract(__env) {
                __hb::Ok(__value) => __value,
                __hb::Err(__rejection) => return,
            };
            log(__exchange, __arg_1);
        }
    }
};
