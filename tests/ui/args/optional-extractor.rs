#![allow(unused)]

use highball::prelude::*;

#[get("/users")]
async fn users(token: Option<Bearer>) {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
