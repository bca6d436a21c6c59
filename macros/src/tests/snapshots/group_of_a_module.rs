// #[routes("/books")]
// mod books {
//     #[get("/")]
//     fn list() -> &'static str {
//         "all books"
//     }
// }

mod books {
    #[get("/")]
    fn list() -> &'static str {
        "all books"
    }
    ///The routes of the module `books`.
    #[::highball::routes("/books")]
    pub struct Routes(list);
}
