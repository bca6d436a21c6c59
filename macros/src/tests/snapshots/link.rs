// url! { Api, show(42), org = 5, via = Orgs }

fn link() -> String {
    {
        use ::highball::__private as __hb;
        #[allow(unused_imports)]
        use __hb::{
            Path0 as _, Path1 as _, Path2 as _, Path3 as _, Path4 as _, Path5 as _,
            Path6 as _,
        };
        type __Handler = show;
        __hb::join_link(
            {
                const link_to_show: &'static __hb::Route = __hb::find_link(
                    <Api as __hb::App>::ROUTES,
                    <Api as __hb::Entry>::NODE,
                    <__Handler as __hb::Entry>::NODE,
                    __hb::Some("Orgs"),
                    &["org"],
                );
                link_to_show
            },
            &[("org", &5)],
            __Handler::path(42),
        )
    }
}
