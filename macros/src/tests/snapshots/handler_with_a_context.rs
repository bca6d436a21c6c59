// #[put("/files/{name}")]
// async fn save(cx: &mut Context<'_>, name: &str) -> StatusCode {
//     cx.set_header("etag", name);
//     StatusCode::CREATED
// }

async fn save(cx: &mut Context<'_>, name: &str) -> StatusCode {
    cx.set_header("etag", name);
    StatusCode::CREATED
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct save {}
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
    type arguments_of_save<'request> = (__hb::Text<'request, __hb::N0>,);
    #[automatically_derived]
    impl save {
        ///Writes the path of `save` within its group.
        #[must_use]
        #[allow(unreachable_pub, clippy::too_many_arguments)]
        fn path(name: &::core::primitive::str) -> __hb::String {
            __hb::write_link(<Self as __hb::Entry>::NODE, &[&name])
        }
    }
    #[automatically_derived]
    impl __hb::Entry for save {
        const NODE: &'static __hb::Node = &__hb::Node::route_with_context(
            __hb::Definition::new(
                8u16,
                __hb::Pattern::new(
                    "/files/{name}",
                    &[14509367613057054320, 1],
                    2,
                    1,
                    2147483648,
                ),
                ::core::concat!(::core::module_path!(), "::", "save"),
                "StatusCode\0cx\0\u{1}&mut Context<'_>\0name\0&str",
            ),
            __hb::known::<<__Own as __hb::Handler>::Args<'static>>(),
            __hb::ResponseProbe::<StatusCode>::response,
        );
        type Link = __hb::NoLink;
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for save
    where
        __hb::HandlerEnd<__Own>: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<__hb::HandlerEnd<__Own>, AnyState>()
        }
    }
    #[automatically_derived]
    impl __hb::Handler for __Own {
        type Args<'request> = arguments_of_save<'request>;
        #[allow(unused_variables)]
        fn call<'request>(
            __cx: &mut __hb::Context<'_>,
            (__1,): <Self::Args<'request> as __hb::Sources>::Values,
        ) -> impl ::core::future::Future<
            Output = impl __hb::IntoResponse,
        > + ::core::marker::Send {
            save(__cx, __1)
        }
    }
};
