use highball::prelude::*;

#[post("/a", csrf = off)]
async fn a() {}

fn main() {}
