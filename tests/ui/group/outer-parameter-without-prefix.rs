#![allow(unused)]

use highball::prelude::*;

#[get("/users")]
async fn users(#[param] org: String) {}

#[routes("/v2")]
struct V2(users);

#[routes(app, "/{organization}")]
struct Api(V2);

fn main() {
    let _ = highball::serve(Api).state(());
}
