// #[post("/notes", with(signed_in, limit(5)), timeout = secs(2), slash = redirect)]
// async fn create(user: Local<'_, User>, note: Json<Note>) -> impl IntoResponse {
//     note
// }

async fn create(user: Local<'_, User>, note: Json<Note>) -> impl IntoResponse {
    note
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct create {}
#[allow(
    deprecated,
    private_bounds,
    unused_imports,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]
const _: () = {
    use ::highball::__private as __hb;
    use __hb::NoExtractor as _;
    use __hb::NoPart as _;
    #[allow(non_camel_case_types)]
    type __Part_0 = ::highball::__private::Timeout;
    #[allow(non_camel_case_types)]
    struct __With_0;
    static value_0_of_Timeout: __Part_0 = ::highball::__private::Timeout::after(secs(2));
    #[automatically_derived]
    impl __hb::ConfiguredPart for __With_0 {
        type Part = __Part_0;
        fn part() -> &'static __Part_0 {
            &value_0_of_Timeout
        }
    }
    #[allow(non_camel_case_types)]
    type step_0_of_Timeout = __hb::PartStep<
        __With_0,
        __hb::Mode<
            {
                __hb::part_mode(
                    ":: highball::__private::Timeout",
                    __hb::PartProbe::<(__Part_0,)>::IS,
                    __hb::ConfiguredPartProbe::<__With_0>::IS,
                ) * __hb::SharedProbe::<__Part_0>::IS
            },
        >,
    >;
    #[allow(non_camel_case_types)]
    type __Part_1 = signed_in;
    #[allow(non_camel_case_types)]
    type step_1_of_signed_in = __hb::PartStep<
        __Part_1,
        __hb::Mode<
            {
                __hb::part_mode(
                    "signed_in",
                    __hb::PartProbe::<(__Part_1,)>::IS,
                    __hb::ConfiguredPartProbe::<__Part_1>::IS,
                )
            },
        >,
    >;
    #[allow(non_camel_case_types)]
    type __Part_2 = limit;
    #[allow(non_camel_case_types)]
    struct __With_2;
    static value_2_of_limit: __Part_2 = __Part_2::configured(5);
    #[automatically_derived]
    impl __hb::ConfiguredPart for __With_2 {
        type Part = __Part_2;
        fn part() -> &'static __Part_2 {
            &value_2_of_limit
        }
    }
    #[allow(non_camel_case_types)]
    type step_2_of_limit = __hb::PartStep<
        __With_2,
        __hb::Mode<
            {
                __hb::part_mode(
                    "limit",
                    __hb::PartProbe::<(__Part_2,)>::IS,
                    __hb::ConfiguredPartProbe::<__With_2>::IS,
                ) * __hb::SharedProbe::<__Part_2>::IS
            },
        >,
    >;
    #[allow(dead_code)]
    const check_of_order: () = {
        let __parts: &[__hb::PartInfo] = &[
            __hb::PartProbe::<(__Part_0,)>::PART,
            __hb::PartProbe::<(__Part_1,)>::PART,
            __hb::PartProbe::<(__Part_2,)>::PART,
        ];
        let __texts: &[&::core::primitive::str] = &[
            ":: highball::__private::Timeout",
            "signed_in",
            "limit",
        ];
        __hb::assert_order(__parts, __texts, 0usize);
        __hb::assert_order(__parts, __texts, 1usize);
        __hb::assert_order(__parts, __texts, 2usize);
    };
    struct __Own;
    #[allow(non_camel_case_types)]
    type arguments_of_create<'request> = (
        __hb::Extracted<
            __hb::Mode<
                {
                    __hb::handler_argument(
                        __hb::Probe::<Local<'static, User>>::KIND,
                        __hb::ProbeAsync::<Local<'static, User>>::KIND,
                        "user",
                        "Local<'_, User>",
                        "/notes",
                        &[],
                        false,
                    )
                },
            >,
            Local<'request, User>,
        >,
        __hb::Extracted<
            __hb::Mode<
                {
                    __hb::handler_argument(
                        __hb::Probe::<Json<Note>>::KIND,
                        __hb::ProbeAsync::<Json<Note>>::KIND,
                        "note",
                        "Json<Note>",
                        "/notes",
                        &[],
                        false || __hb::Probe::<Local<'static, User>>::KIND.body
                            || __hb::ProbeAsync::<Local<'static, User>>::KIND.body,
                    )
                },
            >,
            Json<Note>,
        >,
    );
    #[automatically_derived]
    impl __hb::Entry for create {
        const NODE: &'static __hb::Node = &__hb::Node::route(
            __hb::Definition::new(
                    4u16,
                    __hb::Pattern::new("/notes", &[8069301793132377900], 1, 0, 0),
                    ::core::concat!(::core::module_path!(), "::", "create"),
                    "impl IntoResponse\0user\0Local<'_, User>\0note\0Json<Note>",
                )
                .with(
                    &[
                        __hb::PartProbe::<(__Part_0,)>::PART,
                        __hb::PartProbe::<(__Part_1,)>::PART,
                        __hb::PartProbe::<(__Part_2,)>::PART,
                    ],
                )
                .options(__hb::RouteOptions {
                    slash: __hb::Some(__hb::Slash::Redirect),
                    ..__hb::RouteOptions::NONE
                }),
            __hb::known::<<__Own as __hb::Handler>::Args<'static>>(),
            __hb::ResponseProbe::<__hb::Response>::response,
        );
        type Link = ();
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for create
    where
        __hb::Around<
            step_0_of_Timeout,
            __hb::Around<
                step_1_of_signed_in,
                __hb::Around<step_2_of_limit, __hb::HandlerEnd<__Own>>,
            >,
        >: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<
                __hb::Around<
                    step_0_of_Timeout,
                    __hb::Around<
                        step_1_of_signed_in,
                        __hb::Around<step_2_of_limit, __hb::HandlerEnd<__Own>>,
                    >,
                >,
                AnyState,
            >()
        }
    }
    #[automatically_derived]
    impl __hb::Handler for __Own {
        type Args<'request> = arguments_of_create<'request>;
        #[allow(unused_variables)]
        fn call<'request>(
            __cx: &mut __hb::Context<'_>,
            (__0, __1): <Self::Args<'request> as __hb::Sources>::Values,
        ) -> impl ::core::future::Future<
            Output = impl __hb::IntoResponse,
        > + ::core::marker::Send {
            create(__0, __1)
        }
    }
};
