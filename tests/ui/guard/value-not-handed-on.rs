#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[middleware]
async fn login(cx: &mut Context<'_>, next: impl Next<User>) -> Response {
    next.run(cx).await
}

#[get("/", with(login))]
async fn home(user: Local<'_, User>) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
