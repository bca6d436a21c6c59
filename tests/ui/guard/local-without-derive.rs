#![allow(unused)]

use highball::prelude::*;

struct User;

#[get("/")]
async fn home(user: Local<'_, User>) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
