//! The first program of Gin's guide, written with Highball.
//!
//! Run it with `cargo run -p hello`, then send a request with `curl localhost:8080/ping`.

use highball::prelude::*;

/// Returns the JSON object `{"message":"pong"}`.
#[get("/ping")]
async fn ping() -> Json<Value> {
    Json(json!({ "message": "pong" }))
}

/// Returns a user. The parameter `id` of the path is parsed as a number; another value is rejected with 400.
#[get("/users/{id}")]
async fn show(id: u64) -> Json<Value> {
    Json(json!({ "id": id }))
}

/// The routes of the app.
#[routes(app)]
struct Api(ping, show);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}

#[cfg(test)]
mod tests;
