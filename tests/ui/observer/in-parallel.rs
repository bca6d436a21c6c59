#![allow(unused)]

use highball::prelude::*;

#[observer]
fn log(exchange: &Exchange<'_>) {}

#[guard]
async fn quota() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(parallel(quota, log)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
