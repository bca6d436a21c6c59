#![allow(unused)]

use highball::prelude::*;

struct Db;

#[get("/")]
async fn home(db: State<Db>) {}

#[routes(app)]
struct Api(home);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
