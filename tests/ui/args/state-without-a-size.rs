#![allow(unused)]

use highball::prelude::*;

trait Repo {}

#[get("/posts")]
async fn posts(repo: State<dyn Repo>) {}

#[routes(app)]
struct Api(posts);

fn main() {
    let _ = highball::serve(Api);
}
