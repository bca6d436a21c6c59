use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[guard]
fn api_key(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("x-key") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

mod other {
    use highball::prelude::*;

    // It has the same name, but is another guard.
    #[guard]
    pub fn api_key() -> Result<(), StatusCode> {
        Ok(())
    }
}

#[any("/orders", with(other::api_key))]
async fn orders() {}

#[routes(app, every(signed_in | api_key | public))]
struct Api(orders);

fn main() {}
