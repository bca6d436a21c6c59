use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, jobs(elswhere("report")))]
struct Api(home);

fn main() {}
