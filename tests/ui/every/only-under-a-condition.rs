use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[get("/orders", with(when(|cx| cx.path().ends_with('x'), signed_in)))]
async fn orders() {}

#[routes(app, every(signed_in | public))]
struct Api(orders);

fn main() {}
