#![allow(unused)]

use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home, signed_in);

fn main() {
    let _ = highball::serve(Api).state(());
}
