#![allow(unused)]

use highball::prelude::*;

struct User;

#[post("/users/{id}/{name}")]
async fn create(id: &u64, count: u32, user: User, raw: Bytes, text: String) {}

#[routes(app)]
struct Api(create);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 4
