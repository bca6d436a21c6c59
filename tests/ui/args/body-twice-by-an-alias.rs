#![allow(unused)]

use highball::prelude::*;

type Payload = Json<Value>;

#[post("/users")]
async fn create(text: String, user: Payload) {}

#[routes(app)]
struct Api(create);

fn main() {
    let _ = highball::serve(Api).state(());
}
