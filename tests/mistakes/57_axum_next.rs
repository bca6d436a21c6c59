//~ mistake: axum's argument of a middleware, `next: Next`
//~ thing: Next
//~ way: impl Next
use highball::prelude::*;

#[middleware]
async fn server_name(
    cx: &mut Context<'_>,
    next: Next, //~ here
) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("x-served-by", "blue");
    response
}

#[get("/")]
async fn home() -> &'static str {
    "home"
}

#[routes(app, with(server_name))]
struct Api(home);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
