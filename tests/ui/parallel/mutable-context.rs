#![allow(unused)]

use highball::prelude::*;

#[guard]
async fn audit(cx: &mut Context<'_>) -> Result<(), StatusCode> {
    Ok(())
}

#[guard]
async fn quota() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(parallel(quota, audit)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
