#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[guard]
async fn signed_in() -> Result<User, StatusCode> {
    Ok(User)
}

#[get("/me", with(signed_in))]
async fn me(user: User) {}

#[get("/you", with(signed_in))]
async fn you(user: &User) {}

#[routes(app)]
struct Api(me, you);

fn main() {
    let _ = highball::serve(Api);
}
//~ mistakes: 2
