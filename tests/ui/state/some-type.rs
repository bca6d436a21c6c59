#![allow(unused)]

use highball::prelude::*;

trait Repo: Send + Sync {}

#[get("/")]
async fn home(repo: State<impl Repo>) {}

#[routes(app)]
struct Api(home);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
