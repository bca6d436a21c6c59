use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, jobs(elsewhere("report"), elsewhere("report")))]
struct Api(home);

fn main() {}
