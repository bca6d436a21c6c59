//! A single-page app at `/` with an API at `/api`.
//!
//! Run it with `cargo run -p spa`, then open `http://localhost:8080`. The page is written in TypeScript, in `web/`, and
//! its types come from the document of the API. The compiled script is `public/app.js`, so the server needs no Node.
//! After a change of the API, these commands update the document, the types and the script:
//!
//! ```sh
//! cargo run -p spa -- openapi --write examples/spa/web/openapi.json
//! cd examples/spa/web && npm ci && npm run types && npm run check && npm run build
//! ```

mod books;
mod store;

use highball::{
    middleware::{Files, SecurityHeaders},
    prelude::*,
};
use highball_openapi::{Document, Documented};

use crate::{books::Books, store::Store};

/// The state of the app.
#[derive(Debug, State)]
struct AppState {
    site: Files,
    store: Store,
}

impl AppState {
    fn new() -> Self {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/public");
        let site = Files::new(dir).precompressed().spa("index.html");
        let store = Store::with_examples();
        Self { site, store }
    }
}

/// The API, with its document at `/api/openapi.json`.
#[routes("/api")]
struct Data(Books, highball_openapi::json<Api>);

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

impl Documented for Api {
    fn document() -> Document {
        // The files of the page are no part of the API.
        Document::of::<Self>("Books", env!("CARGO_PKG_VERSION"))
            .description("Books in the memory of the server.")
            .only("/api")
    }
}

#[highball::main]
async fn main() -> highball::Result {
    // `spa openapi --write examples/spa/web/openapi.json`, `spa routes`
    highball_openapi::cli::<Api>();
    highball::serve(Api).state(AppState::new()).await
}

#[cfg(test)]
mod tests;
