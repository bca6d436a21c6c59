// #[post("/notes", answers(201 => Json<Note>, 409 => "the title is taken"))]
// async fn add(note: Json<NewNote>, db: State<Db>) -> Result<Response, Problem> {
//     db.add(note).await
// }

async fn add(note: Json<NewNote>, db: State<Db>) -> Result<Response, Problem> {
    db.add(note).await
}
#[doc(hidden)]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations, unreachable_pub)]
struct add {}
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
    use __hb::NoPayloads as _;
    #[automatically_derived]
    impl<__V> __hb::RoutePayloads<__V> for add
    where
        __hb::Shown<
            { __hb::PayloadsProbe::<(Json<NewNote>,)>::IS },
            Json<NewNote>,
        >: __hb::Payloads<__V>,
        __hb::Shown<
            { __hb::PayloadsProbe::<(Result<Response, Problem>,)>::IS },
            Result<Response, Problem>,
        >: __hb::Payloads<__V>,
        __hb::Shown<
            { __hb::PayloadsProbe::<(Problem,)>::IS },
            Problem,
        >: __hb::Payloads<__V>,
        __hb::Shown<
            { __hb::PayloadsProbe::<(Json<Note>,)>::IS },
            Json<Note>,
        >: __hb::Payloads<__V>,
    {
        #[allow(unused_variables)]
        fn show_all(__visitor: &mut __V) {
            <__hb::Shown<
                { __hb::PayloadsProbe::<(Json<NewNote>,)>::IS },
                Json<NewNote>,
            > as __hb::Payloads<__V>>::show(__visitor);
            <__hb::Shown<
                { __hb::PayloadsProbe::<(Result<Response, Problem>,)>::IS },
                Result<Response, Problem>,
            > as __hb::Payloads<__V>>::show(__visitor);
            <__hb::Shown<
                { __hb::PayloadsProbe::<(Problem,)>::IS },
                Problem,
            > as __hb::Payloads<__V>>::show(__visitor);
            <__hb::Shown<
                { __hb::PayloadsProbe::<(Json<Note>,)>::IS },
                Json<Note>,
            > as __hb::Payloads<__V>>::show(__visitor);
        }
    }
    #[automatically_derived]
    impl __hb::RouteTypes<(Json<NewNote>, ()), Result<Response, Problem>> for add {}
    #[allow(non_camel_case_types)]
    type arguments_of_add = (
        __hb::Extracted<
            __hb::Mode<
                {
                    __hb::handler_argument(
                        __hb::Probe::<Json<NewNote>>::KIND,
                        __hb::ProbeAsync::<Json<NewNote>>::KIND,
                        "note",
                        "Json<NewNote>",
                        "/notes",
                        &[],
                        false,
                    )
                },
            >,
            Json<NewNote>,
        >,
        __hb::Extracted<
            __hb::Mode<
                {
                    __hb::handler_argument(
                        __hb::Probe::<State<Db>>::KIND,
                        __hb::ProbeAsync::<State<Db>>::KIND,
                        "db",
                        "State<Db>",
                        "/notes",
                        &[],
                        false || __hb::Probe::<Json<NewNote>>::KIND.body
                            || __hb::ProbeAsync::<Json<NewNote>>::KIND.body,
                    )
                },
            >,
            State<Db>,
        >,
    );
    #[automatically_derived]
    impl __hb::Entry for add {
        const NODE: &'static __hb::Node = &__hb::Node::route(
            __hb::Definition::new(
                4u16,
                __hb::Pattern::new("/notes", &[8069301793132377900], 1, 0, 0),
                ::core::concat!(::core::module_path!(), "::", "add"),
                "Result<Response, Problem>\0note\0Json<NewNote>\0db\0State<Db>",
            ),
            __hb::known::<arguments_of_add>(),
            || {
                const STATED: __hb::Answers = __hb::Answers::any(
                    &[
                        &__hb::Answers::with_status(
                            201u16,
                            &<Json<Note> as __hb::IntoResponse>::ANSWERS,
                        ),
                        &__hb::Answers::one(
                            __hb::Answer::problem(409u16).about("the title is taken"),
                        ),
                    ],
                );
                __hb::ResponseProbe::<Result<Response, Problem>>::response()
                    .stated(&STATED)
            },
        );
        type Link = ();
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for add
    where
        arguments_of_add: for<'r> __hb::SourcesFrom<'r, AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::plain::<arguments_of_add, _>(add)
        }
    }
};
