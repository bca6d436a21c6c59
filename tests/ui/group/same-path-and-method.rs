#![allow(unused)]

use highball::prelude::*;

#[get("/users/{id}")]
async fn show(id: u64) {}

#[get("/users/{name}")]
async fn find(name: String) {}

#[routes(app)]
struct Api(show, find);

fn main() {
    let _ = highball::serve(Api).state(());
}
