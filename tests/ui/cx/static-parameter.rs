#![allow(unused)]

use highball::prelude::*;

#[get("/{name}")]
async fn home(name: &'static str) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
