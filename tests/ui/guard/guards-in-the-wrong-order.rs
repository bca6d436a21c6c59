#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[guard]
async fn login() -> Result<User, StatusCode> {
    Ok(User)
}

#[guard]
fn admin(user: Local<'_, User>) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(admin, login))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
