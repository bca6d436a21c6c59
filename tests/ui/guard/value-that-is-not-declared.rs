#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[middleware]
async fn login(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.with(User).run(cx).await
}

#[get("/", with(login))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
