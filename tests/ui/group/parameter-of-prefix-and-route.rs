#![allow(unused)]

use highball::prelude::*;

#[get("/{id}")]
async fn show(id: u64) {}

#[routes(app, "/orgs/{id}")]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
