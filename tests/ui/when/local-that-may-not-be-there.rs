#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[guard]
async fn login() -> Result<User, StatusCode> {
    Ok(User)
}

#[get("/", with(when(|cx| cx.header("x-user").is_some(), login)))]
async fn home(user: Local<'_, User>) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
