use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, jobs(elsewhere))]
struct Api(home);

fn main() {}
