#![allow(unused)]

use highball::prelude::*;

#[observer]
async fn log(exchange: &Exchange<'_>) {}

#[get("/", with(log))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
