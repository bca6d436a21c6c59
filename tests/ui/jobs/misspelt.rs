use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, job(send_email))]
struct Api(home);

fn main() {}
