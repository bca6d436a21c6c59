#![allow(unused)]

use highball::prelude::*;

#[get("/users")]
async fn users(cx: Context<'_>) {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
