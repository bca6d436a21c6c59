#![allow(unused)]

use highball::prelude::*;

use std::rc::Rc;

struct User;

#[post("/users/:id")]
const fn create(count: u8, mut raw: &mut [u8], other: impl Clone) -> User {
    User
}

#[routes(app)]
struct Api(create);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 5
