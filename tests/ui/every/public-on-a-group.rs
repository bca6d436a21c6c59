use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[get("/orders", with(signed_in))]
async fn orders() {}

#[routes(app, public)]
struct Api(orders);

fn main() {}
