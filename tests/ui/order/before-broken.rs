#![allow(unused)]

use highball::prelude::*;

#[middleware(before(compression))]
async fn etag(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[middleware]
async fn compression(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/", with(compression, etag))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
