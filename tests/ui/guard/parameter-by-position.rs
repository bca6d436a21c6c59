#![allow(unused)]

use highball::prelude::*;

#[guard]
async fn member(Path(org): Path<u64>) -> Result<(), Rejection> {
    Ok(())
}

#[get("/orgs/{org}", with(member))]
async fn show(org: u64) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
