// #[middleware]
// async fn timing(cx: &mut Context<'_>, next: impl Next, #[config] name: &'static str) -> Response {
//     next.run(cx).await
// }

async fn timing(cx: &mut Context<'_>, next: impl Next, name: &'static str) -> Response {
    next.run(cx).await
}
#[doc(hidden)]
#[allow(
    deprecated,
    non_camel_case_types,
    dead_code,
    missing_debug_implementations,
    unreachable_pub
)]
struct timing {
    __name: &'static str,
}
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
    #[allow(dead_code)]
    const check_of_the_value: () = __hb::assert_passed(
        "()",
        __hb::PassedLocalsProbe::<()>::IS,
    );
    #[automatically_derived]
    impl timing {
        #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
        const fn configured(__name: &'static str) -> Self {
            Self { __name }
        }
    }
    #[automatically_derived]
    impl __hb::ChainPart for timing {
        const NAME: &'static ::core::primitive::str = ::core::concat!(
            ::core::module_path!(), "::", "timing"
        );
        const ARGUMENTS: &'static [__hb::ArgumentFacts] = &[];
        const FACTS: __hb::Facts = __hb::Facts::OPAQUE;
        const ANSWERS: __hb::Answers = __hb::Answers::OPAQUE;
        const PART: __hb::PartInfo = __hb::PartInfo {
            name: <Self as __hb::ChainPart>::NAME,
            place: ::core::panic::Location::caller(),
            is_generic: false,
            kind: __hb::PartKind::Middleware,
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
    }
    #[automatically_derived]
    impl<__S: __hb::SharedValue> __hb::Middleware<__S> for timing
    where
        for<'request> Self: ::core::marker::Send + ::core::marker::Sync,
    {
        type Passes = ();
        #[allow(unused_variables)]
        fn run<'request>(
            &'static self,
            __cx: &mut __hb::Context<'_>,
            __env: __hb::Call<'request, __S>,
            __next: impl __hb::Next<Self::Passes>,
        ) -> impl ::core::future::Future<
            Output = __hb::Response,
        > + ::core::marker::Send {
            timing(__cx, __next, __hb::copy_config(&self.__name))
        }
    }
};
