#![allow(unused)]

use highball::prelude::*;

#[get("/users/{id}")]
async fn show(id: u64) {}

#[get("/")]
async fn home() -> String {
    url!(show(42))
}

#[routes(app)]
struct Api(home, show);

fn main() {
    let _ = highball::serve(Api).state(());
}
