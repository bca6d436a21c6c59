// /// Shows a note.
// #[get("/notes/{id}")]
// async fn show(id: u64, db: State<Db>) -> Result<Json<Note>, Rejection> {
//     db.note(id).await
// }

/// Shows a note.
async fn show(id: u64, db: State<Db>) -> Result<Json<Note>, Rejection> {
    db.note(id).await
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct show {}
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
    type arguments_of_show = (
        __hb::Param<u64, __hb::N0>,
        __hb::Extracted<
            __hb::Mode<
                {
                    __hb::get_argument(
                        __hb::Probe::<State<Db>>::KIND,
                        __hb::ProbeAsync::<State<Db>>::KIND,
                        "db",
                        "State<Db>",
                        "/notes/{id}",
                        &["id"],
                    )
                },
            >,
            State<Db>,
        >,
    );
    #[automatically_derived]
    impl __hb::Entry for show {
        const NODE: &'static __hb::Node = &__hb::Node::route(
            __hb::Definition::new(
                    1u16,
                    __hb::Pattern::new(
                        "/notes/{id}",
                        &[8069301793132377900, 1],
                        2,
                        1,
                        70368744177664,
                    ),
                    ::core::concat!(::core::module_path!(), "::", "show"),
                    "Result<Json<Note>, Rejection>\0id\0u64\0db\0State<Db>",
                )
                .doc("Shows a note."),
            __hb::known::<arguments_of_show>(),
            __hb::ResponseProbe::<Result<Json<Note>, Rejection>>::response,
        );
        type Link = (u64,);
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for show
    where
        arguments_of_show: for<'r> __hb::SourcesFrom<'r, AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::plain::<arguments_of_show, _>(show)
        }
    }
};
