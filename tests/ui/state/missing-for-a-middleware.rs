#![allow(unused)]

use highball::prelude::*;

struct Db;

#[middleware]
async fn audit(cx: &mut Context<'_>, next: impl Next, db: State<Db>) -> Response {
    next.run(cx).await
}

#[get("/")]
async fn home() {}

#[routes(app, with(audit))]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
