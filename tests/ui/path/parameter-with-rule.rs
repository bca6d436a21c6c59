#![allow(unused)]

use highball::prelude::*;

#[get("/users/{id:[0-9]+}")]
async fn show(id: u64) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
