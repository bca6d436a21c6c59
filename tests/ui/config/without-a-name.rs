#![allow(unused)]

use highball::prelude::*;

#[guard]
async fn limit(#[config] (count, burst): (usize, usize)) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(limit((1, 2))))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
