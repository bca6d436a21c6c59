use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, jobs("report"))]
struct Api(home);

fn main() {}
