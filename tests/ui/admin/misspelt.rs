use highball::prelude::*;

#[get("/caches", admn)]
async fn caches() {}

fn main() {}
