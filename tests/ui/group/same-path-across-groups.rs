#![allow(unused)]

use highball::prelude::*;

#[get("/{id}")]
async fn show(id: u64) {}

#[get("/users/{name}")]
async fn find(name: String) {}

#[routes("/users")]
struct Users(show);

#[routes("/v2")]
struct V2(Users, find);

#[routes(app)]
struct Api(V2);

fn main() {
    let _ = highball::serve(Api).state(());
}
