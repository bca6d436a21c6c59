use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, jobs)]
struct Api(home);

fn main() {}
