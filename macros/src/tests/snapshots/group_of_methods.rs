// #[routes("/shop")]
// impl Shop {
//     #[get("/items/{id}")]
//     async fn item(&self, id: u64) -> Json<Item> {
//         self.items.get(id)
//     }
//
//     #[post("/items")]
//     async fn add(&self, item: Json<Item>) {}
// }

impl Shop {
    async fn item(&self, id: u64) -> Json<Item> {
        self.items.get(id)
    }
    async fn add(&self, item: Json<Item>) {}
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct __Shop_item {}
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
    type arguments_of_item<'request> = (
        __hb::Receiver<'request, Shop>,
        __hb::Param<u64, __hb::N0>,
    );
    #[automatically_derived]
    impl __hb::Entry for __Shop_item {
        const NODE: &'static __hb::Node = &__hb::Node::route(
            __hb::Definition::new(
                1u16,
                __hb::Pattern::new(
                    "/items/{id}",
                    &[12311266275298522540, 1],
                    2,
                    1,
                    70368744177664,
                ),
                ::core::concat!(::core::module_path!(), "::", "Shop::item"),
                "Json<Item>\0self\0Shop\0id\0u64",
            ),
            __hb::known::<<__Own as __hb::Handler>::Args<'static>>(),
            __hb::ResponseProbe::<Json<Item>>::response,
        );
        type Link = (u64,);
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for __Shop_item
    where
        __hb::HandlerEnd<__Own>: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<__hb::HandlerEnd<__Own>, AnyState>()
        }
    }
    #[automatically_derived]
    impl __hb::Handler for __Own {
        type Args<'request> = arguments_of_item<'request>;
        #[allow(unused_variables)]
        fn call<'request>(
            __cx: &mut __hb::Context<'_>,
            (__0, __1): <Self::Args<'request> as __hb::Sources>::Values,
        ) -> impl ::core::future::Future<
            Output = impl __hb::IntoResponse,
        > + ::core::marker::Send {
            Shop::item(__0, __1)
        }
    }
};
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct __Shop_add {}
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
    type arguments_of_add<'request> = (
        __hb::Receiver<'request, Shop>,
        __hb::Extracted<
            __hb::Mode<
                {
                    __hb::handler_argument(
                        __hb::Probe::<Json<Item>>::KIND,
                        __hb::ProbeAsync::<Json<Item>>::KIND,
                        "item",
                        "Json<Item>",
                        "/items",
                        &[],
                        false,
                    )
                },
            >,
            Json<Item>,
        >,
    );
    #[automatically_derived]
    impl __hb::Entry for __Shop_add {
        const NODE: &'static __hb::Node = &__hb::Node::route(
            __hb::Definition::new(
                4u16,
                __hb::Pattern::new("/items", &[12311266275298522540], 1, 0, 0),
                ::core::concat!(::core::module_path!(), "::", "Shop::add"),
                "()\0self\0Shop\0item\0Json<Item>",
            ),
            __hb::known::<<__Own as __hb::Handler>::Args<'static>>(),
            __hb::ResponseProbe::<()>::response,
        );
        type Link = ();
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for __Shop_add
    where
        __hb::HandlerEnd<__Own>: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<__hb::HandlerEnd<__Own>, AnyState>()
        }
    }
    #[automatically_derived]
    impl __hb::Handler for __Own {
        type Args<'request> = arguments_of_add<'request>;
        #[allow(unused_variables)]
        fn call<'request>(
            __cx: &mut __hb::Context<'_>,
            (__0, __1): <Self::Args<'request> as __hb::Sources>::Values,
        ) -> impl ::core::future::Future<
            Output = impl __hb::IntoResponse,
        > + ::core::marker::Send {
            Shop::add(__0, __1)
        }
    }
};
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
    use __hb::{NoEntry as _, NoPart as _};
    static __NODE: __hb::Node = __hb::Node::group(
        "Shop",
        __hb::Pattern::new("/shop", &[10284769450208661212], 1, 0, 0),
        &[],
        __hb::RouteOptions::NONE,
        &[
            __hb::EntryProbe::<(__Shop_item,)>::NODE,
            __hb::EntryProbe::<(__Shop_add,)>::NODE,
        ],
    );
    static __REPORTS: [__hb::Report; 2usize] = __hb::check(&__NODE, false);
    #[allow(non_camel_case_types)]
    type entries_of_Shop = (
        __hb::Listed<
            __hb::Mode<
                {
                    __hb::entry_mode(
                        "__Shop_item",
                        __hb::EntryProbe::<(__Shop_item,)>::IS,
                        __hb::FallbackProbe::<(__Shop_item,)>::IS,
                        __hb::PartProbe::<(__Shop_item,)>::IS,
                        &__REPORTS,
                        0usize,
                    )
                },
            >,
            (__Shop_item,),
        >,
        __hb::Listed<
            __hb::Mode<
                {
                    __hb::entry_mode(
                        "__Shop_add",
                        __hb::EntryProbe::<(__Shop_add,)>::IS,
                        __hb::FallbackProbe::<(__Shop_add,)>::IS,
                        __hb::PartProbe::<(__Shop_add,)>::IS,
                        &__REPORTS,
                        1usize,
                    )
                },
            >,
            (__Shop_add,),
        >,
    );
    #[automatically_derived]
    impl __hb::Entry for Shop {
        const NODE: &'static __hb::Node = &__NODE;
        type Link = __hb::NoLink;
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for Shop
    where
        __hb::Fields<entries_of_Shop>: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<__hb::Fields<entries_of_Shop>, AnyState>()
        }
    }
};
