#![allow(unused)]

use highball::prelude::*;

struct User;

#[get("/orgs/{org}/users/{id}")]
async fn show(Path((org, id)): Path<(u64, User)>) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
