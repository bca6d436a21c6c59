use highball::prelude::*;

#[derive(Local)]
struct User(String);

#[guard]
async fn has_key(cx: &Context<'_>) -> bool {
    cx.header("x-key") == Some("k1")
}

#[get("/", with(has_key))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {}
