#![allow(unused)]

use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[guard]
fn broken(cx: Context<'_>) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/orders")]
async fn orders() {}

#[routes(app, every(broken | public), with(signed_in))]
struct Api(orders);

fn main() {}
