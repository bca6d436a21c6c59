#![allow(unused)]

use highball::prelude::*;

#[get("/users")]
async fn show(name: &str) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
