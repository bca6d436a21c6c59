#![allow(unused)]

use highball::prelude::*;

struct Limit;

#[guard]
impl Limit {
    fn check(&self, limit: u64) -> Result<(), Rejection> {
        Ok(())
    }
}

#[guard]
fn member(org_id: u64) -> Result<(), Rejection> {
    Ok(())
}

#[get("/{org_id}", with(Limit, member))]
async fn home(org_id: u64) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 2
