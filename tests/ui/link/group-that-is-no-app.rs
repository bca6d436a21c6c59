#![allow(unused)]

use highball::prelude::*;

#[get("/users/{id}")]
async fn show(id: u64) {}

#[routes]
struct Users(show);

#[get("/")]
async fn home() -> String {
    url!(Users, show(42))
}

#[routes(app)]
struct Api(home, Users);

fn main() {
    let _ = highball::serve(Api).state(());
}
