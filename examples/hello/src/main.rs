//! Gin's first program: `cargo run -p hello`, then `curl localhost:8080/ping`.

use highball::prelude::*;

/// Answers as Gin's first program does.
#[get("/ping")]
async fn ping() -> Json<Value> {
    Json(json!({ "message": "pong" }))
}

/// Shows a user.
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
