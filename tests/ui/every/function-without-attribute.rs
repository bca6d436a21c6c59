use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

fn plain() {}

#[get("/orders", with(signed_in))]
async fn orders() {}

#[routes(app, every(plain | public))]
struct Api(orders);

fn main() {
    plain();
}
