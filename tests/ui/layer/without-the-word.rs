use highball::prelude::*;

use tower_http::compression::CompressionLayer;

#[get("/")]
async fn home() {}

#[routes(app, with(CompressionLayer::new().gzip(true)))]
struct Api(home);

fn main() {}
