use highball::prelude::*;
use std::cell::Cell;

#[guard]
fn at_most(#[config] left: &Cell<u64>) -> Result<(), StatusCode> {
    left.set(left.get() - 1);
    Ok(())
}

#[get("/", with(at_most(Cell::new(5))))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
