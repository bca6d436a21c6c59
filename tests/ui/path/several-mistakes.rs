#![allow(unused)]

use highball::prelude::*;

#[get("/:org/{repo/{}/{number?}")]
async fn issue(org: String, repo: String, number: u64) {}

#[routes(app)]
struct Api(issue);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 4
