#![allow(unused)]

use highball::prelude::*;

#[get("/users")]
async fn users(cx: &mut Context<'_>, next: impl Next) {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
