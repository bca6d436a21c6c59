#![allow(unused)]

use highball::prelude::*;

#[post("/users")]
async fn create(user: Json<Value>, raw: Bytes, text: String) {}

#[routes(app)]
struct Api(create);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 2
