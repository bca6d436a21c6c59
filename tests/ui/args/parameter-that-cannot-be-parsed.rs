#![allow(unused)]

use highball::prelude::*;

struct UserId(u64);

#[get("/users/{id}")]
async fn show(id: UserId) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
