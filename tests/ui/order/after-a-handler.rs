#![allow(unused)]

use highball::prelude::*;

#[get("/other")]
async fn other() {}

#[middleware(after(other))]
async fn compression(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/", with(compression))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
