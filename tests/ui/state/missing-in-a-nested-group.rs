#![allow(unused)]

use highball::prelude::*;

struct Db;

#[get("/")]
async fn home(db: State<Db>) {}

#[routes("/v2")]
struct V2(home);

#[routes(app)]
struct Api(V2);

fn main() {
    let _ = highball::serve(Api).state(());
}
