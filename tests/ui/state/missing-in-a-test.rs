#![allow(unused)]

use highball::prelude::*;

struct Db;

#[get("/")]
async fn home(db: State<Db>) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = Api.test().state(()).get("/");
}
