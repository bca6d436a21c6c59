#![allow(unused)]

use highball::prelude::*;

#[get("/users/{id}")]
async fn show(id: u64) {}

#[get("/")]
async fn home() -> String {
    url!(Api, show(42))
}

#[routes("/v1")]
struct V1(show);

#[routes("/v2")]
struct V2(show);

#[routes(app)]
struct Api(home, V1, V2);

fn main() {
    let _ = highball::serve(Api).state(());
}
