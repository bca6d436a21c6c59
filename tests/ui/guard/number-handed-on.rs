#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[middleware]
async fn login(cx: &mut Context<'_>, next: impl Next<u64>) -> Response {
    next.with(7).run(cx).await
}

#[get("/", with(login))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
