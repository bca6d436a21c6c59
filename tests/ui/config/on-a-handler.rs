#![allow(unused)]

use highball::prelude::*;

#[get("/")]
async fn home(#[config] count: usize) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
