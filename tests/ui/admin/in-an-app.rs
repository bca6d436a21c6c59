use highball::prelude::*;

#[get("/")]
async fn home() {}

#[post("/caches/clear", admin)]
async fn clear() {}

#[routes(app)]
struct Api(home, clear);

fn main() {}
