//~ mistake: a function in the list has no attribute
//~ thing: health
//~ way: #[get
use highball::prelude::*;

#[get("/")]
async fn home() -> &'static str {
    "home"
}

async fn health() -> NoContent {
    NoContent
}

#[routes(app)]
struct Api(
    home,
    health, //~ here
);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
