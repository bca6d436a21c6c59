#![allow(unused)]

use highball::prelude::*;

#[get("/compare/{from}-{to}")]
async fn compare(from: String, to: String) {}

#[routes(app)]
struct Api(compare);

fn main() {
    let _ = highball::serve(Api).state(());
}
