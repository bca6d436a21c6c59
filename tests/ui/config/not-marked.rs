#![allow(unused)]

use std::time::Duration;

use highball::prelude::*;

#[middleware]
async fn timing(cx: &mut Context<'_>, next: impl Next, tag: &'static str) -> Response {
    next.run(cx).await
}

#[guard]
fn slow(after: Duration) -> Result<(), Rejection> {
    Ok(())
}

#[get("/", with(timing("x"), slow(secs(5))))]
async fn home() {}

#[routes(app)]
struct Api(home);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
//~ mistakes: 2
