#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[guard]
async fn login(user: Local<'_, User>) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/")]
async fn home() {}

#[routes("/v1", with(login))]
struct V1(home);

#[routes(app)]
struct Api(V1);

fn main() {
    let _ = highball::serve(Api).state(());
}
