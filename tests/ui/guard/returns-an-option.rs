use highball::prelude::*;

#[derive(Local)]
struct User(String);

#[guard]
async fn has_key(cx: &Context<'_>) -> Option<User> {
    cx.header("x-user").map(|name| User(name.to_owned()))
}

#[get("/", with(has_key))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {}
