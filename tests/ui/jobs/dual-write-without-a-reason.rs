use highball::prelude::*;

#[post("/", dual_write = accepted)]
async fn create() {}

fn main() {}
