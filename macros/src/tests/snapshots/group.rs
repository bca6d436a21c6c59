// #[routes("/orgs/{org}", with(member), fallback = nothing)]
// struct Orgs(show, #[prefix("/notes")] notes::Notes, #[cfg(feature = "admin")] #[with(admin)] edit);

#[::core::prelude::v1::derive(
    ::core::fmt::Debug,
    ::core::clone::Clone,
    ::core::marker::Copy
)]
struct Orgs;
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
    #[allow(non_camel_case_types)]
    struct __Field1;
    #[automatically_derived]
    impl __hb::Entry for __Field1 {
        const NODE: &'static __hb::Node = &__hb::Node::field(
            __hb::Pattern::new("/notes", &[8069301793132377900], 1, 0, 0),
            &[],
            __hb::EntryProbe::<(notes::Notes,)>::NODE,
        );
        type Link = __hb::NoLink;
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for __Field1
    where
        __hb::EntryEnd<notes::Notes>: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<__hb::EntryEnd<notes::Notes>, AnyState>()
        }
    }
    #[cfg(all(feature = "admin"))]
    #[allow(non_camel_case_types)]
    type __Entry2 = edit;
    #[cfg(not(all(feature = "admin")))]
    #[allow(non_camel_case_types)]
    type __Entry2 = __hb::Absent;
    #[cfg(all(feature = "admin"))]
    #[allow(non_camel_case_types)]
    type __Part2_0 = admin;
    #[cfg(not(all(feature = "admin")))]
    #[allow(non_camel_case_types)]
    type __Part2_0 = __hb::Absent;
    #[allow(non_camel_case_types)]
    type step2_0_of_admin = __hb::PartStep<
        __Part2_0,
        __hb::Mode<
            {
                __hb::part_mode(
                    "admin",
                    __hb::PartProbe::<(__Part2_0,)>::IS,
                    __hb::ConfiguredPartProbe::<__Part2_0>::IS,
                )
            },
        >,
    >;
    #[allow(non_camel_case_types)]
    struct __Field2;
    #[automatically_derived]
    impl __hb::Entry for __Field2 {
        const NODE: &'static __hb::Node = &__hb::Node::field(
            __hb::Pattern::EMPTY,
            &[__hb::PartProbe::<(__Part2_0,)>::PART],
            __hb::EntryProbe::<(__Entry2,)>::NODE,
        );
        type Link = __hb::NoLink;
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for __Field2
    where
        __hb::Around<step2_0_of_admin, __hb::EntryEnd<__Entry2>>: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<
                __hb::Around<step2_0_of_admin, __hb::EntryEnd<__Entry2>>,
                AnyState,
            >()
        }
    }
    #[allow(non_camel_case_types)]
    type __Part_0 = member;
    #[allow(non_camel_case_types)]
    type step_0_of_member = __hb::PartStep<
        __Part_0,
        __hb::Mode<
            {
                __hb::part_mode(
                    "member",
                    __hb::PartProbe::<(__Part_0,)>::IS,
                    __hb::ConfiguredPartProbe::<__Part_0>::IS,
                )
            },
        >,
    >;
    #[allow(non_camel_case_types)]
    type fallback_of_Orgs = __hb::Listed<
        __hb::Mode<
            {
                __hb::fallback_mode(
                    "nothing",
                    __hb::FallbackProbe::<(nothing,)>::IS,
                    __hb::EntryProbe::<(nothing,)>::IS,
                    __hb::FallbackProbe::<(nothing,)>::KEYED,
                )
            },
        >,
        (nothing,),
    >;
    static __NODE: __hb::Node = __hb::Node::group(
        "Orgs",
        __hb::Pattern::new(
            "/orgs/{org}",
            &[1021542281154464540, 1],
            2,
            1,
            576460752303423488,
        ),
        &[__hb::PartProbe::<(__Part_0,)>::PART],
        __hb::RouteOptions::NONE,
        &[
            __hb::EntryProbe::<(show,)>::NODE,
            <__Field1 as __hb::Entry>::NODE,
            <__Field2 as __hb::Entry>::NODE,
        ],
    );
    static __REPORTS: [__hb::Report; 3usize] = __hb::check(&__NODE, false);
    #[allow(non_camel_case_types)]
    type entries_of_Orgs = (
        __hb::Listed<
            __hb::Mode<
                {
                    __hb::entry_mode(
                        "show",
                        __hb::EntryProbe::<(show,)>::IS,
                        __hb::FallbackProbe::<(show,)>::IS,
                        __hb::PartProbe::<(show,)>::IS,
                        &__REPORTS,
                        0usize,
                    )
                },
            >,
            (show,),
        >,
        __hb::Listed<
            __hb::Mode<
                {
                    __hb::entry_mode(
                        "notes::Notes",
                        __hb::EntryProbe::<(notes::Notes,)>::IS,
                        __hb::FallbackProbe::<(notes::Notes,)>::IS,
                        __hb::PartProbe::<(notes::Notes,)>::IS,
                        &__REPORTS,
                        1usize,
                    )
                },
            >,
            (__Field1,),
        >,
        __hb::Listed<
            __hb::Mode<
                {
                    __hb::entry_mode(
                        "edit",
                        __hb::EntryProbe::<(__Entry2,)>::IS,
                        __hb::FallbackProbe::<(__Entry2,)>::IS,
                        __hb::PartProbe::<(__Entry2,)>::IS,
                        &__REPORTS,
                        2usize,
                    )
                },
            >,
            (__Field2,),
        >,
    );
    #[automatically_derived]
    impl __hb::Entry for Orgs {
        const NODE: &'static __hb::Node = &__NODE;
        type Link = __hb::NoLink;
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for Orgs
    where
        __hb::Around<
            step_0_of_member,
            __hb::WithFallback<fallback_of_Orgs, __hb::Fields<entries_of_Orgs>>,
        >: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<
                __hb::Around<
                    step_0_of_member,
                    __hb::WithFallback<fallback_of_Orgs, __hb::Fields<entries_of_Orgs>>,
                >,
                AnyState,
            >()
        }
    }
};
