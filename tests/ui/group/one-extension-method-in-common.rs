#![allow(unused)]

use highball::prelude::*;

#[route("/pages/{id}", methods = [GET, "PURGE"])]
async fn show(id: u64) {}

#[route("/pages/{page}", methods = ["PURGE"])]
async fn purge(page: u64) {}

#[routes(app)]
struct Api(show, purge);

fn main() {
    let _ = highball::serve(Api).state(());
}
