use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, jobs(send_email, send_email))]
struct Api(home);

fn main() {}
