//! The app of the benchmarks. The server and the tests that count allocations share it.

mod behind;
mod bodies;
mod table;

use highball::prelude::*;

/// A message.
#[derive(serde::Serialize)]
struct Message {
    message: &'static str,
}

/// Returns a struct as JSON.
#[get("/ping")]
async fn ping() -> Json<Message> {
    Json(Message { message: "pong" })
}

/// Returns text.
#[get("/plaintext")]
async fn plaintext() -> &'static str {
    "Hello, World!"
}

/// A user.
#[derive(serde::Serialize)]
struct User {
    id: u64,
    name: String,
}

/// Returns a user.
#[get("/users/{id}")]
async fn user(id: u64) -> Json<User> {
    Json(User {
        id,
        name: format!("user-{id}"),
    })
}

/// The routes of the app.
#[routes(app)]
pub struct Api(
    ping,
    plaintext,
    user,
    bodies::echo,
    bodies::big,
    behind::mw,
    table::Table,
);

#[cfg(test)]
mod tests;
