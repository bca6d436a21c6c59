use highball::prelude::*;

#[post("/b", csrf = off(""))]
async fn b() {}

fn main() {}
