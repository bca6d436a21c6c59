#![allow(unused)]

use highball::prelude::*;

#[get("/")]
async fn show(#[param] org: Path<u64>) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
