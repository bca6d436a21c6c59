#![allow(unused)]

use highball::prelude::*;

#[get("/users/{id}/posts/{id}")]
async fn post_of(id: u64) {}

#[routes(app)]
struct Api(post_of);

fn main() {
    let _ = highball::serve(Api).state(());
}
