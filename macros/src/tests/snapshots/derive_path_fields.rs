// #[derive(PathFields)]
// struct Issue {
//     owner: String,
//     number: u64,
// }

struct Issue {
    owner: String,
    number: u64,
}
#[allow(deprecated, unused_imports, unused_qualifications)]
const _: () = {
    use ::highball::__private as __hb;
    use __hb::NoExtractor as _;
};
#[automatically_derived]
#[allow(deprecated)]
impl ::highball::__private::PathFields for Issue {
    const NAMES: &'static [&'static ::core::primitive::str] = &["owner", "number"];
    const TYPES: &'static [fn() -> &'static ::core::primitive::str] = &[
        ::core::any::type_name::<String>,
        ::core::any::type_name::<u64>,
    ];
    fn read(
        __head: &::highball::__private::Head,
    ) -> ::highball::__private::Result<Self, ::highball::__private::Rejection> {
        ::highball::__private::Ok(Self {
            owner: ::highball::__private::param_named::<
                String,
            >(__head, "owner", "String")?,
            number: ::highball::__private::param_named::<u64>(__head, "number", "u64")?,
        })
    }
}
