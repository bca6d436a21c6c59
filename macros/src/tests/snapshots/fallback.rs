// #[fallback]
// fn nothing() -> StatusCode {
//     StatusCode::NOT_FOUND
// }

fn nothing() -> StatusCode {
    StatusCode::NOT_FOUND
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct nothing {}
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
    type arguments_of_nothing<'request> = ();
    #[automatically_derived]
    impl __hb::Fallback for nothing {
        const ARGUMENTS: &'static [__hb::ArgumentFacts] = __hb::known::<
            <__Own as __hb::Handler>::Args<'static>,
        >();
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for nothing
    where
        __hb::HandlerEnd<__Own>: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<__hb::HandlerEnd<__Own>, AnyState>()
        }
    }
    #[automatically_derived]
    impl __hb::Handler for __Own {
        type Args<'request> = arguments_of_nothing<'request>;
        #[allow(unused_variables)]
        fn call<'request>(
            __cx: &mut __hb::Context<'_>,
            (): <Self::Args<'request> as __hb::Sources>::Values,
        ) -> impl ::core::future::Future<
            Output = impl __hb::IntoResponse,
        > + ::core::marker::Send {
            ::core::future::ready(nothing())
        }
    }
};
