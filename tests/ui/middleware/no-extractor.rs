#![allow(unused)]

use highball::prelude::*;

struct User;

#[middleware]
async fn audit(cx: &mut Context<'_>, next: impl Next, user: User) -> Response {
    next.run(cx).await
}

#[get("/", with(audit))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
