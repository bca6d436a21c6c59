use highball::prelude::*;

#[post("/caches/fill", admin = yes)]
async fn fill() {}

#[routes(app)]
struct Api(fill);

fn main() {}
