// #[derive(Local)]
// struct User {
//     id: u64,
// }

struct User {
    id: u64,
}
#[automatically_derived]
impl ::highball::__private::LocalType for User {
    const ID: ::highball::__private::LocalId = ::highball::__private::LocalId::new(
        "User",
        ::core::module_path!(),
        (::core::file!(), ::core::line!(), ::core::column!()),
        &[],
    );
}
