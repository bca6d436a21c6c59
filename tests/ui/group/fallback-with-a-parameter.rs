#![allow(unused)]

use highball::prelude::*;

#[fallback]
async fn nothing(id: u64) {}

#[get("/")]
async fn home() {}

#[routes(app, fallback = nothing)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
