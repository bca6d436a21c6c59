// #[routes(app, jobs(mail::send_email, award, elsewhere("report")))]
// struct Api(order);

#[::core::prelude::v1::derive(
    ::core::fmt::Debug,
    ::core::clone::Clone,
    ::core::marker::Copy
)]
struct Api;
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
            "Api",
            __hb::Pattern::EMPTY,
            &[],
            __hb::RouteOptions::NONE,
            &[__hb::EntryProbe::<(order,)>::NODE],
        )
        .with_jobs();
    static __CHECKED: __hb::CheckedApp<1usize, 3usize> = __hb::check_with_jobs(
        &__NODE,
        __CONSUMERS,
        __ELSEWHERE,
    );
    static __REPORTS: [__hb::Report; 1usize] = __CHECKED.entries;
    #[allow(non_camel_case_types)]
    type entries_of_Api = (
        __hb::Listed<
            __hb::Mode<
                {
                    __hb::entry_mode(
                        "order",
                        __hb::EntryProbe::<(order,)>::IS,
                        __hb::FallbackProbe::<(order,)>::IS,
                        __hb::PartProbe::<(order,)>::IS,
                        &__REPORTS,
                        0usize,
                    )
                },
            >,
            (order,),
        >,
    );
    #[automatically_derived]
    impl __hb::Entry for Api {
        const NODE: &'static __hb::Node = &__NODE;
        type Link = __hb::NoLink;
    }
    #[automatically_derived]
    impl<AnyState: __hb::SharedValue> __hb::Endpoint<AnyState> for Api
    where
        __hb::Fields<entries_of_Api>: __hb::Chain<AnyState>,
    {
        fn chain() -> impl __hb::Chain<AnyState> {
            __hb::chain_of::<__hb::Fields<entries_of_Api>, AnyState>()
        }
    }
    const __SIZE: __hb::Measure = __hb::measure(&__NODE);
    #[automatically_derived]
    impl __hb::Root<Self> for Api {}
    #[automatically_derived]
    impl __hb::App for Api {
        type Sizes = __hb::Sizes<
            { __SIZE.routes },
            { __SIZE.groups },
            { __SIZE.text },
            { __SIZE.nodes },
            { __SIZE.slots },
            { __SIZE.affixes },
            { __SIZE.ends },
            { __SIZE.plan() },
        >;
        const RENDER: __hb::Render = __hb::problem;
    }
    const __CONSUMERS: &'static [__hb::ConsumerInfo] = &[
        <mail::send_email as __hb::Consumer>::INFO,
        <award as __hb::Consumer>::INFO,
    ];
    const __ELSEWHERE: &'static [&'static ::core::primitive::str] = &["report"];
    #[allow(dead_code)]
    const check_of_job_0: () = __hb::assert_job(&__CHECKED.names, 0usize);
    #[allow(dead_code)]
    const check_of_job_1: () = __hb::assert_job(&__CHECKED.names, 1usize);
    #[allow(dead_code)]
    const check_of_job_2: () = __hb::assert_job(&__CHECKED.names, 2usize);
    #[automatically_derived]
    impl __hb::Consumers for Api {
        type List = (mail::send_email, (award, ()));
        const INFOS: &'static [__hb::ConsumerInfo] = __CONSUMERS;
        const ELSEWHERE: &'static [&'static ::core::primitive::str] = __ELSEWHERE;
    }
};
