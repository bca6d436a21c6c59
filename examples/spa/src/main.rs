//! A site at `/`, whose pages have paths of their own, beside an API at `/api`: `cargo run -p spa`.

use highball::{Files, SecurityHeaders, prelude::*};

/// What handlers may ask for.
#[derive(Debug, State)]
struct AppState {
    site: Files,
}

impl AppState {
    fn new() -> Self {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/public");
        let site = Files::new(dir).precompressed().spa("index.html");
        Self { site }
    }
}

/// Lists the books.
#[get("/books")]
async fn books() -> Json<Value> {
    Json(json!(["The Signal-Man", "Night Mail"]))
}

/// What programs ask for.
#[routes("/api")]
struct Data(books);

/// The first page.
#[get("/")]
async fn home(site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve("", cx).await
}

/// A file, or the page for a path that is the page's own.
#[get("/{*path}", slash = ignore)]
async fn file(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve(path, cx).await
}

/// What browsers ask for.
#[routes(
    with(SecurityHeaders::new().set("content-security-policy", "default-src 'self'; frame-ancestors 'none'"))
)]
struct Site(home, file);

/// The routes of the app.
#[routes(app)]
struct Api(Data, Site);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).state(AppState::new()).await
}

#[cfg(test)]
mod tests;
