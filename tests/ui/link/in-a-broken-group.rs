#![allow(unused)]

use highball::prelude::*;

#[get("/users/{id}")]
async fn show(id: u64) {}

#[routes("v2")]
struct V2(show);

#[get("/")]
async fn home() -> String {
    url!(Api, show(42))
}

#[routes(app)]
struct Api(home, V2);

fn main() {
    let _ = highball::serve(Api).state(());
}
