#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[guard]
async fn login() -> Result<User, StatusCode> {
    Ok(User)
}

#[get("/")]
async fn home(user: Local<'_, User>) {}

#[get("/me", with(login))]
async fn me(user: Local<'_, User>) {}

#[routes(app)]
struct Api(home, me);

fn main() {
    let _ = highball::serve(Api).state(());
}
