#![allow(unused)]

use highball::prelude::*;

#[get("/users/{name}")]
async fn show(Path(name): Path<&str>) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
