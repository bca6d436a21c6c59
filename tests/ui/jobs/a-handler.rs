use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, jobs(home))]
struct Api(home);

fn main() {}
