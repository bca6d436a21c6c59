use highball::prelude::*;

#[post("/caches/clear")]
async fn clear() {}

#[routes(admin)]
struct Caches(clear);

#[routes(app)]
struct Api(Caches);

fn main() {}
