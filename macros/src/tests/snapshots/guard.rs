// #[guard]
// async fn signed_in(token: Bearer, db: State<Db>) -> Result<User, Rejection> {
//     db.user(&token).await
// }

async fn signed_in(token: Bearer, db: State<Db>) -> Result<User, Rejection> {
    db.user(&token).await
}
#[doc(hidden)]
#[allow(
    deprecated,
    non_camel_case_types,
    dead_code,
    missing_debug_implementations,
    unreachable_pub
)]
struct signed_in {}
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
    type argument_0 = __hb::Mode<
        {
            __hb::part_argument(
                __hb::Probe::<Bearer>::KIND,
                __hb::ProbeAsync::<Bearer>::KIND,
                "token",
                "Bearer",
                false,
            )
        },
    >;
    type argument_1 = __hb::Mode<
        {
            __hb::part_argument(
                __hb::Probe::<State<Db>>::KIND,
                __hb::ProbeAsync::<State<Db>>::KIND,
                "db",
                "State<Db>",
                false,
            )
        },
    >;
    #[allow(dead_code)]
    const check_of_the_value: () = __hb::assert_passed(
        "User",
        __hb::PassedLocalsProbe::<User>::IS,
    );
    #[automatically_derived]
    impl __hb::ConfiguredPart for signed_in {
        type Part = Self;
        fn part() -> &'static Self {
            &Self {}
        }
    }
    #[automatically_derived]
    impl signed_in {
        #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
        const fn configured() -> Self {
            Self {}
        }
    }
    #[automatically_derived]
    impl __hb::ChainPart for signed_in {
        const NAME: &'static ::core::primitive::str = ::core::concat!(
            ::core::module_path!(), "::", "signed_in"
        );
        const ARGUMENTS: &'static [__hb::ArgumentFacts] = &[
            __hb::known_argument(
                __hb::Probe::<Bearer>::KIND,
                __hb::Probe::<Bearer>::KNOWN,
                __hb::ProbeAsync::<Bearer>::KNOWN,
            ),
            __hb::known_argument(
                __hb::Probe::<State<Db>>::KIND,
                __hb::Probe::<State<Db>>::KNOWN,
                __hb::ProbeAsync::<State<Db>>::KNOWN,
            ),
        ];
        const FACTS: __hb::Facts = __hb::Facts::NONE;
        const ANSWERS: __hb::Answers = {
            use __hb::NoAnswers as _;
            __hb::GuardProbe::<Result<User, Rejection>>::ANSWERS
        };
        const PART: __hb::PartInfo = __hb::PartInfo {
            name: <Self as __hb::ChainPart>::NAME,
            place: ::core::panic::Location::caller(),
            is_generic: false,
            kind: __hb::PartKind::Guard,
            shares: !false && <argument_0>::IS != __hb::ASYNC
                && <argument_1>::IS != __hb::ASYNC,
            arguments: <Self as __hb::ChainPart>::ARGUMENTS,
            facts: __hb::part_facts(
                <Self as __hb::ChainPart>::ARGUMENTS,
                <Self as __hb::ChainPart>::FACTS,
            ),
            stated: &[],
            inputs: &<Self as __hb::ChainPart>::INPUTS,
            answers: &<Self as __hb::ChainPart>::ANSWERS,
            passes: __hb::PassedLocalsProbe::<User>::IDS,
            after: &[],
            before: &[],
            beside: 0,
            is_conditional: false,
            is_broken: false,
        };
    }
    #[automatically_derived]
    impl<__S: __hb::SharedValue> __hb::Middleware<__S> for signed_in
    where
        for<'request> __S: __hb::AsyncArgument<'request, argument_0, Bearer>,
        for<'request> __S: __hb::AsyncArgument<'request, argument_1, State<Db>>,
    {
        type Passes = User;
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
                if __env.skips::<Self::Passes>(&signed_in) {
                    return __hb::Next::pass(
                            __hb::Next::<Self::Passes>::skip(__next),
                            __cx,
                        )
                        .await;
                }
                let __arg_0 = match <__S as __hb::AsyncArgument<
                    '_,
                    argument_0,
                    Bearer,
                >>::extract_async(__cx, __env)
                    .await
                {
                    __hb::Ok(__value) => __value,
                    __hb::Err(__rejection) => {
                        return __hb::IntoResponse::into_response(__rejection);
                    }
                };
                let __arg_1 = match <__S as __hb::AsyncArgument<
                    '_,
                    argument_1,
                    State<Db>,
                >>::extract_async(__cx, __env)
                    .await
                {
                    __hb::Ok(__value) => __value,
                    __hb::Err(__rejection) => {
                        return __hb::IntoResponse::into_response(__rejection);
                    }
                };
                match __hb::GuardOutput::<
                    User,
                >::into_result(signed_in(__arg_0, __arg_1).await) {
                    __hb::Ok(__value) => {
                        __hb::Next::pass(__hb::Next::with(__next, __value), __cx).await
                    }
                    __hb::Err(__response) => __response,
                }
            }
        }
    }
    #[automatically_derived]
    impl<__S: __hb::SharedValue> __hb::Guard<__S> for signed_in
    where
        for<'request> __S: __hb::AsyncArgument<'request, argument_0, Bearer>,
        for<'request> __S: __hb::AsyncArgument<'request, argument_1, State<Db>>,
    {
        type Value = User;
        #[allow(unused_variables)]
        fn check<'request>(
            &'static self,
            __cx: &__hb::Context<'_>,
            __env: __hb::Call<'request, __S>,
        ) -> impl ::core::future::Future<
            Output = __hb::Result<__hb::Option<Self::Value>, __hb::Response>,
        > + ::core::marker::Send {
            async move {
                if __env.skips::<Self::Value>(&signed_in) {
                    return __hb::Ok(__hb::None);
                }
                let __arg_0 = match <__S as __hb::Argument<
                    'request,
                    argument_0,
                    Bearer,
                >>::extract(__env) {
                    __hb::Ok(__value) => __value,
                    __hb::Err(__rejection) => {
                        return __hb::Err(__hb::IntoResponse::into_response(__rejection));
                    }
                };
                let __arg_1 = match <__S as __hb::Argument<
                    'request,
                    argument_1,
                    State<Db>,
                >>::extract(__env) {
                    __hb::Ok(__value) => __value,
                    __hb::Err(__rejection) => {
                        return __hb::Err(__hb::IntoResponse::into_response(__rejection));
                    }
                };
                __hb::Result::map(
                    __hb::GuardOutput::<
                        User,
                    >::into_result(signed_in(__arg_0, __arg_1).await),
                    __hb::Some,
                )
            }
        }
    }
};
