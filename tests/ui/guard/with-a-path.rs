#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[guard("/users")]
async fn login() -> Result<User, StatusCode> {
    Ok(User)
}

#[get("/", with(login))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
