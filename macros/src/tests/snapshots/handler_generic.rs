// #[get("/count")]
// async fn count<T: Table>(table: State<T>) -> String {
//     table.count()
// }

async fn count<T: Table>(table: State<T>) -> String {
    table.count()
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct count<T> {
    __types: ::core::marker::PhantomData<fn() -> (T,)>,
}
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
    struct __Own<T>(::core::marker::PhantomData<fn() -> (T,)>);
    #[automatically_derived]
    impl<T: ::core::marker::Send + ::core::marker::Sync + 'static + Table> __hb::Entry
    for count<T> {
        const NODE: &'static __hb::Node = &__hb::Node::route(
            __hb::Definition::new(
                1u16,
                __hb::Pattern::new("/count", &[17149007659045021780], 1, 0, 0),
                ::core::concat!(::core::module_path!(), "::", "count"),
                "String\0table\0State<T>",
            ),
            __hb::known::<<__Own<T> as __hb::Handler>::Args<'static>>(),
            __hb::ResponseProbe::<String>::response,
        );
        type Link = ();
    }
    #[automatically_derived]
    impl<
        AnyState: __hb::SharedValue,
        T: ::core::marker::Send + ::core::marker::Sync + 'static + Table,
    > __hb::Endpoint<AnyState> for count<T>
    where
        __hb::HandlerEnd<__Own<T>>: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<__hb::HandlerEnd<__Own<T>>, AnyState>()
        }
    }
    #[automatically_derived]
    impl<T: ::core::marker::Send + ::core::marker::Sync + 'static + Table> __hb::Handler
    for __Own<T> {
        type Args<'request> = (__hb::Extracted<__hb::Mode<{ __hb::SYNC }>, State<T>>,);
        #[allow(unused_variables)]
        fn call<'request>(
            __cx: &mut __hb::Context<'_>,
            (__0,): <Self::Args<'request> as __hb::Sources>::Values,
        ) -> impl ::core::future::Future<
            Output = impl __hb::IntoResponse,
        > + ::core::marker::Send {
            count::<T>(__0)
        }
    }
};
