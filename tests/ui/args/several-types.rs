#![allow(unused)]

use highball::prelude::*;

struct User;

#[post("/users/{id}")]
async fn create(id: User, user: User, raw: Bytes, text: String) -> User {
    user
}

#[routes(app)]
struct Api(create);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 4
