// #[get("/health")]
// fn health() -> &'static str {
//     "ok"
// }

fn health() -> &'static str {
    "ok"
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct health {}
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
    #[allow(non_camel_case_types)]
    type arguments_of_health = ();
    #[automatically_derived]
    impl __hb::Entry for health {
        const NODE: &'static __hb::Node = &__hb::Node::route(
            __hb::Definition::new(
                1u16,
                __hb::Pattern::new("/health", &[6856446580436054964], 1, 0, 0),
                ::core::concat!(::core::module_path!(), "::", "health"),
                "&'static str",
            ),
            __hb::known::<arguments_of_health>(),
            __hb::ResponseProbe::<&'static str>::response,
        );
        type Link = ();
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for health
    where
        arguments_of_health: for<'r> __hb::SourcesFrom<'r, AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::plain::<arguments_of_health, _>(__hb::Ready(health))
        }
    }
};
