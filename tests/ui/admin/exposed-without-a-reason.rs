use highball::prelude::*;

#[post("/caches/clear", admin = exposed)]
async fn clear() {}

#[routes(app)]
struct Api(clear);

fn main() {}
