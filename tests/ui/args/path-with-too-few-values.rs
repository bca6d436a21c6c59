#![allow(unused)]

use highball::prelude::*;

#[get("/orgs/{org}/users/{id}")]
async fn show(Path(id): Path<u64>) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
