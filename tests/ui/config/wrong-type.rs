#![allow(unused)]

use highball::prelude::*;

#[guard]
async fn limit(#[config] count: usize) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(limit("five")))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
