//! A JSON API with an in-memory store.
//!
//! Run it with `cargo run -p todo`, then add a todo:
//!
//! ```sh
//! curl localhost:8080/todos --json '{"title":"buy milk"}'
//! ```

mod error;
mod middleware;
mod store;
mod todos;

use highball::prelude::*;
use highball_openapi::{Document, Documented};

use crate::{middleware::timing, store::Store, todos::Todos};

/// The state of the app. A handler gets a field with an argument of its type, for example `store: State<Store>`.
#[derive(Debug, Default, State)]
struct AppState {
    store: Store,
}

/// Returns `ok` while the app is running.
#[get("/health")]
fn health() -> &'static str {
    "ok"
}

/// The routes of the app.
#[routes(app, with(timing), rejection = error::problem)]
struct Api(health, Todos, highball_openapi::json<Api>);

impl Documented for Api {
    fn document() -> Document {
        Document::strict::<Self>("Todos", env!("CARGO_PKG_VERSION"))
            .description("Todos in the memory of the server.")
    }
}

#[highball::main]
async fn main() -> highball::Result {
    // `todo openapi`, `todo openapi --check openapi.json`, `todo routes`
    highball_openapi::cli::<Api>();
    highball::serve(Api).state(AppState::default()).await
}

#[cfg(test)]
mod tests;
