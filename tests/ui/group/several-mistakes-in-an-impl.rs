#![allow(unused)]

use highball::prelude::*;

struct Users;

#[routes("/users")]
impl Users {
    #[get("/{id}")]
    async fn show(&self) {}

    #[post("create")]
    async fn create(&self, body: String, count: u8) {}
}

#[routes(app)]
struct Api(Users);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 3
