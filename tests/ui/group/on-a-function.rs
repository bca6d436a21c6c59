use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app)]
fn api() {}

fn main() {}
