use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, jobs(send_email(3)))]
struct Api(home);

fn main() {}
