//! An axum app that moves to Highball one route at a time. Run it with `cargo run -p from-axum`.
//!
//! Highball handles the routes that have moved, and forwards all other requests to the unchanged axum router. The other
//! way is possible too: [`inside`] mounts Highball's routes in an axum router.

use axum::{Router, extract::Path, routing::get};
use highball::prelude::*;

/// The routes that have not moved yet.
fn router() -> Router {
    let author = |Path(name): Path<String>| async move { format!("axum's author {name}") };
    Router::new()
        .route("/old/authors/{name}", get(author))
        .route(
            "/old/echo",
            axum::routing::post(|body: String| async { body }),
        )
}

/// The state of the app.
#[derive(State)]
struct AppState {
    router: Router,
}

/// A route that has moved to Highball.
#[get("/books/{id}")]
async fn book(id: u32) -> String {
    format!("Highball's book {id}")
}

/// Forwards all requests below `/old` to the axum router. Cloning a router is cheap.
#[any("/old/{*rest}")]
async fn old(router: State<Router>, cx: &mut Context<'_>) -> Response {
    highball::tower::forward(Router::clone(&router), cx).await
}

/// The app, partly moved.
#[routes(app)]
struct Api(book, old);

/// The other way: axum serves the app, and Highball handles the routes that have moved.
#[allow(dead_code, reason = "`main` serves the other way")]
fn inside() -> Router {
    let state = AppState { router: router() };
    router().fallback_service(Api.into_service(state))
}

#[highball::main]
async fn main() -> highball::Result {
    let state = AppState { router: router() };
    highball::serve(Api).state(state).await
}

#[cfg(test)]
mod tests;
