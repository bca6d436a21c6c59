use highball::prelude::*;

#[post("/c")]
async fn c() {}

#[routes("/d", csrf = lax)]
struct D(c);

fn main() {}
