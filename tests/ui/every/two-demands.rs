use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[observer]
fn audited(_exchange: &Exchange<'_>) {}

#[get("/orders", with(audited))]
async fn orders() {}

#[get("/cart", with(audited, signed_in))]
async fn cart() {}

#[get("/login", public)]
async fn login() {}

#[routes(app, every(signed_in | public, audited))]
struct Api(orders, cart, login);

fn main() {}

//~ mistakes: 2
