#![allow(unused)]

use highball::prelude::*;

#[middleware]
async fn recovery(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/", after(recovery))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
