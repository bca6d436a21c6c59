#![allow(unused)]

use highball::prelude::*;

#[get("/greeting")]
async fn greeting(text: State<str>) {}

#[routes(app)]
struct Api(greeting);

fn main() {}
