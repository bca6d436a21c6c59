#![allow(unused)]

use highball::prelude::*;

struct Filter;

#[get("/users")]
async fn users(filter: Query<Filter>) {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
