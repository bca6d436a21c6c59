// #[guard]
// impl Limit {
//     fn check(&self, ip: ClientIp) -> Result<(), Rejection> {
//         self.count(ip)
//     }
// }

impl Limit {
    fn check(&self, ip: ClientIp) -> Result<(), Rejection> {
        self.count(ip)
    }
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
    type argument_1 = __hb::Mode<
        {
            __hb::part_argument(
                __hb::Probe::<ClientIp>::KIND,
                __hb::ProbeAsync::<ClientIp>::KIND
                    .or_local(__hb::LocalProbe::<ClientIp>::IS_LOCAL),
                "ip",
                "ClientIp",
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
    impl __hb::ChainPart for Limit {
        const NAME: &'static ::core::primitive::str = ::core::concat!(
            ::core::module_path!(), "::", "Limit"
        );
        const ARGUMENTS: &'static [__hb::ArgumentFacts] = &[
            __hb::known_argument(
                __hb::Probe::<ClientIp>::KIND,
                __hb::Probe::<ClientIp>::KNOWN,
                __hb::ProbeAsync::<ClientIp>::KNOWN,
            ),
        ];
        const FACTS: __hb::Facts = __hb::Facts::NONE;
        const ANSWERS: __hb::Answers = {
            use __hb::NoAnswers as _;
            __hb::GuardProbe::<Result<(), Rejection>>::ANSWERS
        };
        const PART: __hb::PartInfo = __hb::PartInfo {
            name: <Self as __hb::ChainPart>::NAME,
            place: ::core::panic::Location::caller(),
            is_generic: false,
            kind: __hb::PartKind::Guard,
            shares: !false && <argument_1>::IS != __hb::ASYNC,
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
    impl<__S: __hb::SharedValue> __hb::Middleware<__S> for Limit
    where
        for<'request> Self: ::core::marker::Send + ::core::marker::Sync,
        for<'request> __S: __hb::AsyncArgument<'request, argument_1, ClientIp>,
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
            async move {
                if __env.skips::<Self::Passes>(self) {
                    return __hb::Next::pass(
                            __hb::Next::<Self::Passes>::skip(__next),
                            __cx,
                        )
                        .await;
                }
                let __arg_1 = match <__S as __hb::AsyncArgument<
                    '_,
                    argument_1,
                    ClientIp,
                >>::extract_async(__cx, __env)
                    .await
                {
                    __hb::Ok(__value) => __value,
                    __hb::Err(__rejection) => {
                        return __hb::IntoResponse::into_response(__rejection);
                    }
                };
                match __hb::GuardOutput::<
                    (),
                >::into_result(<Limit>::check(self, __arg_1)) {
                    __hb::Ok(__value) => {
                        __hb::Next::pass(__hb::Next::with(__next, __value), __cx).await
                    }
                    __hb::Err(__response) => __response,
                }
            }
        }
    }
    #[automatically_derived]
    impl<__S: __hb::SharedValue> __hb::Guard<__S> for Limit
    where
        for<'request> Self: ::core::marker::Send + ::core::marker::Sync,
        for<'request> __S: __hb::AsyncArgument<'request, argument_1, ClientIp>,
    {
        type Value = ();
        #[allow(unused_variables)]
        fn check<'request>(
            &'static self,
            __cx: &__hb::Context<'_>,
            __env: __hb::Call<'request, __S>,
        ) -> impl ::core::future::Future<
            Output = __hb::Result<__hb::Option<Self::Value>, __hb::Response>,
        > + ::core::marker::Send {
            async move {
                if __env.skips::<Self::Value>(self) {
                    return __hb::Ok(__hb::None);
                }
                let __arg_1 = match <__S as __hb::Argument<
                    'request,
                    argument_1,
                    ClientIp,
                >>::extract(__env) {
                    __hb::Ok(__value) => __value,
                    __hb::Err(__rejection) => {
                        return __hb::Err(__hb::IntoResponse::into_response(__rejection));
                    }
                };
                __hb::Result::map(
                    __hb::GuardOutput::<()>::into_result(<Limit>::check(self, __arg_1)),
                    __hb::Some,
                )
            }
        }
    }
};
