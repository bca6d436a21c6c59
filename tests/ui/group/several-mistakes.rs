#![allow(unused)]

use highball::prelude::*;

#[get("/users/{id}")]
async fn show(id: u64) {}

#[get("/users/{name}")]
async fn find(name: String) {}

#[get("/orgs")]
async fn orgs(#[param] region: String) {}

#[routes(app)]
struct Api(show, find, orgs);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 2
