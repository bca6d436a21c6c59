use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[get("/orders")]
async fn orders() {}

#[get("/login", public)]
async fn login() {}

#[routes(app, every(signed_in | public))]
struct Api(orders, login);

fn main() {}
