#![allow(unused)]

use highball::prelude::*;

#[get("/")]
async fn home(exchange: &Exchange<'_>) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
