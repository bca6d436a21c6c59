#![allow(unused)]

use highball::prelude::*;

struct Names(Vec<String>);

#[guard]
async fn allow(#[config] names: Names) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(allow(Names(Vec::new()))))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
