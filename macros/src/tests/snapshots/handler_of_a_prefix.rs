// #[route("/", methods = [GET, "PURGE"])]
// pub(crate) fn list(#[param] org: u32, query: Query<Filter>) -> String {
//     org.to_string()
// }

pub(crate) fn list(org: u32, query: Query<Filter>) -> String {
    org.to_string()
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
pub(crate) struct list {}
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
    type arguments_of_list = (
        __hb::Param<u32, __hb::ByName>,
        __hb::Extracted<
            __hb::Mode<
                {
                    __hb::handler_argument(
                        __hb::Probe::<Query<Filter>>::KIND,
                        __hb::ProbeAsync::<Query<Filter>>::KIND,
                        "query",
                        "Query<Filter>",
                        "/",
                        &[],
                        false,
                    )
                },
            >,
            Query<Filter>,
        >,
    );
    #[automatically_derived]
    impl __hb::Entry for list {
        const NODE: &'static __hb::Node = &__hb::Node::route(
            __hb::Definition::new(
                    1u16,
                    __hb::Pattern::new("/", &[], 0, 0, 0),
                    ::core::concat!(::core::module_path!(), "::", "list"),
                    "String\0org\0u32\0query\0Query<Filter>",
                )
                .methods(__hb::Methods::new(1u16, &["PURGE"]))
                .outer_params(&["org"]),
            __hb::known::<arguments_of_list>(),
            __hb::ResponseProbe::<String>::response,
        );
        type Link = ();
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for list
    where
        arguments_of_list: for<'r> __hb::SourcesFrom<'r, AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::plain::<arguments_of_list, _>(__hb::Ready(list))
        }
    }
};
