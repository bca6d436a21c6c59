#![allow(unused)]

use highball::prelude::*;

#[get("/kinds/{r#type}")]
async fn kind(r#type: String) {}

#[routes(app)]
struct Api(kind);

fn main() {
    let _ = highball::serve(Api).state(());
}
