#![allow(unused)]

use highball::prelude::*;

#[get("/search?q={q}")]
async fn search(q: String) {}

#[routes(app)]
struct Api(search);

fn main() {
    let _ = highball::serve(Api).state(());
}
