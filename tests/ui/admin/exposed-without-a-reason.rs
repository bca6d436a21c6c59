use highball::prelude::*;

#[post("/caches/clear", admin = exposed)]
async fn clear() {}

#[post("/caches/fill", admin = yes)]
async fn fill() {}

#[routes(app)]
struct Api(clear, fill);

fn main() {}
