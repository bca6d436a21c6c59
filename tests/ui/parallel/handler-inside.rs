#![allow(unused)]

use highball::prelude::*;

#[get("/other")]
async fn other() {}

#[guard]
async fn quota() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(parallel(quota, other)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
