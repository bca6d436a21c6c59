//! A single-page app at `/` with an API at `/api`.
//!
//! Run it with `cargo run -p spa`, then open `http://localhost:8080`.

use highball::{
    middleware::{Files, SecurityHeaders},
    prelude::*,
};

/// The state of the app.
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

/// The API.
#[routes("/api")]
struct Data(books);

/// Returns the start page.
#[get("/")]
async fn home(site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve("", cx).await
}

/// Returns a file. If no file matches and the client accepts HTML, the start page is returned, so that the script in
/// the browser can handle paths such as `/about`.
#[get("/{*path}", slash = ignore)]
async fn file(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve(path, cx).await
}

/// The files of the page.
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
