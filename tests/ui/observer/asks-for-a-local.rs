#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[observer]
fn log(exchange: &Exchange<'_>, user: Local<'_, User>) {}

#[get("/", with(log))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
