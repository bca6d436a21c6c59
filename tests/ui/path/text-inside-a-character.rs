#![allow(unused)]

use highball::prelude::*;

#[get("/{name}%AD")]
async fn show(name: String) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
