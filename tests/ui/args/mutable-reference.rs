#![allow(unused)]

use highball::prelude::*;

struct User;

#[post("/users")]
async fn create(user: &mut User) {}

#[routes(app)]
struct Api(create);

fn main() {
    let _ = highball::serve(Api).state(());
}
