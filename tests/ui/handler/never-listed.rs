#![deny(dead_code)]

use highball::prelude::*;

#[get("/")]
async fn home() {}

#[get("/lost")]
async fn lost() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
