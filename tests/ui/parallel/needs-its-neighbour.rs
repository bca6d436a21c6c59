#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[guard]
async fn login() -> Result<User, StatusCode> {
    Ok(User)
}

#[guard]
async fn admin(user: Local<'_, User>) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(parallel(login, admin)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
