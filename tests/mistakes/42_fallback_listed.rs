//~ mistake: a fallback is in the list of routes
//~ thing: not_found
//~ way: fallback = not_found
use highball::prelude::*;

#[get("/")]
async fn home() -> &'static str {
    "home"
}

#[fallback]
async fn not_found(cx: &Context<'_>) -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, format!("no page at {}", cx.path()))
}

#[routes(app)]
struct Api(
    home,
    not_found, //~ here
);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
