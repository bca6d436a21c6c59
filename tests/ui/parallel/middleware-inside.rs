#![allow(unused)]

use highball::prelude::*;

#[middleware]
async fn timing(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[guard]
async fn quota() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(parallel(quota, timing)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
