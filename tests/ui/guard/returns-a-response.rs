use highball::prelude::*;

#[derive(Local)]
struct User(String);

#[guard]
async fn has_key(cx: &Context<'_>) -> Response {
    cx.text(401, "no key")
}

#[get("/", with(has_key))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {}
