#![allow(unused)]

use highball::prelude::*;

#[observer]
fn log(exchange: &Exchange<'_>, next: impl Next) {}

#[get("/", with(log))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
