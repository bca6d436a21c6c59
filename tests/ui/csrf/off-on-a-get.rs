use highball::prelude::*;

#[get("/a", csrf = off("a webhook"))]
async fn a() {}

#[routes(app)]
struct Api(a);

fn main() {}
