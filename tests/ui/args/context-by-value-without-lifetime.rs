#![allow(unused)]

use highball::prelude::*;

#[get("/users")]
async fn users(cx: Context) -> Response {
    cx.text(200, "zoe")
}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api);
}
