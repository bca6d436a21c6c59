// #[post("/orders", dual_write = accepted("a lost mail is sent again by hand"))]
// async fn order(tx: Tx<'_, Shop>, mails: Queue<'_, Email>) {}

async fn order(tx: Tx<'_, Shop>, mails: Queue<'_, Email>) {}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct order {}
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
    struct __Own;
    #[allow(non_camel_case_types)]
    type arguments_of_order<'request> = (
        __hb::Extracted<
            __hb::Mode<
                {
                    __hb::handler_argument(
                        __hb::Probe::<Tx<'static, Shop>>::KIND,
                        __hb::ProbeAsync::<Tx<'static, Shop>>::KIND,
                        "tx",
                        "Tx<'_, Shop>",
                        "/orders",
                        &[],
                        false,
                    )
                },
            >,
            Tx<'request, Shop>,
        >,
        __hb::Extracted<
            __hb::Mode<
                {
                    __hb::handler_argument(
                        __hb::Probe::<Queue<'static, Email>>::KIND,
                        __hb::ProbeAsync::<Queue<'static, Email>>::KIND,
                        "mails",
                        "Queue<'_, Email>",
                        "/orders",
                        &[],
                        false || __hb::Probe::<Tx<'static, Shop>>::KIND.body
                            || __hb::ProbeAsync::<Tx<'static, Shop>>::KIND.body,
                    )
                },
            >,
            Queue<'request, Email>,
        >,
    );
    #[automatically_derived]
    impl __hb::Entry for order {
        const NODE: &'static __hb::Node = &__hb::Node::route(
            __hb::Definition::new(
                    4u16,
                    __hb::Pattern::new("/orders", &[11246771272689427820], 1, 0, 0),
                    ::core::concat!(::core::module_path!(), "::", "order"),
                    "()\0tx\0Tx<'_, Shop>\0mails\0Queue<'_, Email>",
                )
                .options(__hb::RouteOptions {
                    dual_write: __hb::Some("a lost mail is sent again by hand"),
                    ..__hb::RouteOptions::NONE
                }),
            __hb::known::<<__Own as __hb::Handler>::Args<'static>>(),
            __hb::ResponseProbe::<()>::response,
        );
        type Link = ();
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for order
    where
        __hb::HandlerEnd<__Own>: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<__hb::HandlerEnd<__Own>, AnyState>()
        }
    }
    #[automatically_derived]
    impl __hb::Handler for __Own {
        type Args<'request> = arguments_of_order<'request>;
        #[allow(unused_variables)]
        fn call<'request>(
            __cx: &mut __hb::Context<'_>,
            (__0, __1): <Self::Args<'request> as __hb::Sources>::Values,
        ) -> impl ::core::future::Future<
            Output = impl __hb::IntoResponse,
        > + ::core::marker::Send {
            order(__0, __1)
        }
    }
};
