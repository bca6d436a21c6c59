//! An axum app that moves to Highball, a route at a time: `cargo run -p from-axum`.
//!
//! Highball answers what has moved and forwards the rest to axum's router, as it is. An app that is not
//! ready for that can begin at the other end, with Highball's routes inside axum: see [`inside`].

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

/// What handlers may ask for.
#[derive(State)]
struct AppState {
    router: Router,
}

/// A route that has moved.
#[get("/books/{id}")]
async fn book(id: u32) -> String {
    format!("Highball's book {id}")
}

/// Everything below `/old` is axum's; a clone of a router is cheap.
#[any("/old/{*rest}")]
async fn old(router: State<Router>, cx: &mut Context<'_>) -> Response {
    highball::forward(Router::clone(&router), cx).await
}

/// The app in the middle of its move.
#[routes(app)]
struct Api(book, old);

/// The same from the other end: axum serves, and Highball answers what has moved.
#[allow(dead_code, reason = "the other way of the two")]
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
