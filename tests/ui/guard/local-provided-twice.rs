#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[guard]
async fn login() -> Result<User, StatusCode> {
    Ok(User)
}

#[guard]
fn guest() -> User {
    User
}

#[get("/", with(guest))]
async fn home() {}

#[routes(app, with(login))]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
