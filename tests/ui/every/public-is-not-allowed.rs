use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[get("/orders", public)]
async fn orders() {}

#[routes(app, every(signed_in))]
struct Api(orders);

fn main() {}
