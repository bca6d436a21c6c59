//~ mistake: a tower layer is in `with(..)` without `layer(..)`
//~ thing: CompressionLayer
//~ way: layer(CompressionLayer::new()) | layer(..)
use highball::prelude::*;
use tower_http::compression::CompressionLayer;

#[get("/books")]
async fn books() -> String {
    "a long list ".repeat(100)
}

#[routes(app, with(CompressionLayer::new()))] //~ here
struct Api(books);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
