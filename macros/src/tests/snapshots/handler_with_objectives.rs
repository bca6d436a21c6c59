// #[post("/checkout", slo(p99 = millis(500), errors = 0.05, period = days(30)))]
// async fn checkout() {}

async fn checkout() {}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct checkout {}
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
    #[allow(dead_code)]
    const check_of_latency: () = __hb::assert_latency(millis(500));
    #[allow(dead_code)]
    const check_of_period: () = __hb::assert_period(days(30));
    #[allow(non_upper_case_globals)]
    const objectives_of_checkout: __hb::Slo = __hb::Slo::NONE
        .latency_within(990000u32, millis(500))
        .errors_under(50000u32)
        .over(days(30));
    #[allow(non_camel_case_types)]
    type arguments_of_checkout = ();
    #[automatically_derived]
    impl __hb::Entry for checkout {
        const NODE: &'static __hb::Node = &__hb::Node::route(
            __hb::Definition::new(
                    4u16,
                    __hb::Pattern::new("/checkout", &[11177385874077479068], 1, 0, 0),
                    ::core::concat!(::core::module_path!(), "::", "checkout"),
                    "()",
                )
                .slo(&objectives_of_checkout),
            __hb::known::<arguments_of_checkout>(),
            __hb::ResponseProbe::<()>::response,
        );
        type Link = ();
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for checkout
    where
        arguments_of_checkout: for<'r> __hb::SourcesFrom<'r, AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::plain::<arguments_of_checkout, _>(checkout)
        }
    }
};
