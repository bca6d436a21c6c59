use highball::prelude::*;

#[post("/", dual_write = off("a lost mail is fine"))]
async fn create() {}

fn main() {}
