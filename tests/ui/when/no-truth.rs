#![allow(unused)]

use highball::prelude::*;

#[guard]
async fn quota() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(when(5, quota)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
