#![allow(unused)]

use highball::prelude::*;

#[observer]
fn log(cx: &Context<'_>, exchange: &Exchange<'_>) {}

#[get("/", with(log))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
