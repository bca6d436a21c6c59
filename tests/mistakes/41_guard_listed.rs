//~ mistake: a guard is in the list of routes
//~ thing: signed_in
//~ way: with(signed_in) | with(..)
use highball::prelude::*;

#[guard]
async fn signed_in(token: Bearer) -> Result<(), StatusCode> {
    match token.token() {
        "secret" => Ok(()),
        _ => Err(StatusCode::FORBIDDEN),
    }
}

#[get("/orders")]
async fn orders() -> &'static str {
    "no orders"
}

#[routes(app)]
struct Api(
    signed_in, //~ here
    orders,
);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
