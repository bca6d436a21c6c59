#![allow(unused)]

use highball::prelude::*;

#[guard]
async fn limit(#[config] count: usize, #[config] burst: usize) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(limit(5)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
