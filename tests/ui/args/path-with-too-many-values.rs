#![allow(unused)]

use highball::prelude::*;

#[get("/users/{id}")]
async fn show(Path((id, name)): Path<(u64, String)>) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
