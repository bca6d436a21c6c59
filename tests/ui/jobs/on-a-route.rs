use highball::prelude::*;

#[post("/", jobs(send_email))]
async fn create() {}

fn main() {}
