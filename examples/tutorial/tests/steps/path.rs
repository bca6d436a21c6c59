use highball::prelude::*;
use serde::{Deserialize, Serialize};

/// A link to be created.
#[derive(Deserialize)]
struct NewLink {
    slug: String,
    url: String,
}

/// A short link, as clients see it.
#[derive(Serialize)]
struct Link {
    slug: String,
    url: String,
    visits: i64,
}

/// Describes the service in one line.
#[get("/")]
fn home() -> &'static str {
    "short names for long addresses\n"
}

/// Creates a link.
#[post("/links")]
async fn create(new: Json<NewLink>) -> Created<Json<Link>> {
    let Json(NewLink { slug, url }) = new;
    let visits = 0;
    Created::new(Json(Link { slug, url, visits }))
}

/// Redirects to the address of a link.
#[get("/go/{slug}")]
async fn follow(slug: &str) -> String {
    format!("here will be a redirect to the address of {slug}\n")
}

/// Lists the `n` links that are followed most.
#[get("/top/{n}")]
async fn top(n: u8) -> String {
    format!("here will be {n} links\n")
}

/// The routes of the app.
#[routes(app)]
struct Api(home, create, follow, top);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}

serve_step!();
