#![allow(unused)]

use highball::prelude::*;

#[middleware]
async fn recovery(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[middleware(after(recovery))]
async fn compression(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/")]
async fn home() {}

#[routes("/v1", with(recovery))]
struct V1(home);

#[routes(app, with(compression))]
struct Api(V1);

fn main() {
    let _ = highball::serve(Api).state(());
}
