//! A JSON API over an in-memory store: `cargo run -p todo`, then
//! `curl localhost:8080/todos --json '{"title":"buy milk"}'`.

mod error;
mod middleware;
mod store;
mod todos;

use highball::prelude::*;

use crate::{middleware::timing, store::Store, todos::Todos};

/// What handlers may ask for: `store: State<Store>`.
#[derive(Debug, Default, State)]
struct AppState {
    store: Store,
}

/// Says that the app is there.
#[get("/health")]
fn health() -> &'static str {
    "ok"
}

/// The routes of the app.
#[routes(app, with(timing), rejection = error::problem)]
struct Api(health, Todos);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).state(AppState::default()).await
}

#[cfg(test)]
mod tests;
