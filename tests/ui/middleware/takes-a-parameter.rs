#![allow(unused)]

use highball::prelude::*;

#[middleware]
async fn audit(cx: &mut Context<'_>, next: impl Next, id: u64) -> Response {
    next.run(cx).await
}

#[get("/{id}", with(audit))]
async fn home(id: u64) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
