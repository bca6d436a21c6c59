#![allow(unused)]

use highball::prelude::*;

#[get("/users/{id")]
async fn show(id: u64) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
