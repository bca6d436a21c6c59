#![allow(unused)]

use highball::prelude::*;

fn most() -> usize {
    5
}

#[guard]
async fn limit(#[config] count: usize) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(limit(most())))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
