#![allow(unused)]

use highball::prelude::*;

#[get("/files/{*rest}/raw")]
async fn file(rest: &str) {}

#[routes(app)]
struct Api(file);

fn main() {
    let _ = highball::serve(Api).state(());
}
