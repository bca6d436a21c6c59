#![allow(unused)]

use highball::prelude::*;

struct User;
type NewUser = User;

#[post("/users")]
async fn create(user: NewUser) {}

#[routes(app)]
struct Api(create);

fn main() {
    let _ = highball::serve(Api).state(());
}
