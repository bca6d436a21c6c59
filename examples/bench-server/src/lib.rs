//! The app that Highball is measured by, for the server and for the tests that count.

mod behind;
mod bodies;
mod table;

use highball::prelude::*;

/// A message.
#[derive(serde::Serialize)]
struct Message {
    message: &'static str,
}

/// Answers with JSON of a struct.
#[get("/ping")]
async fn ping() -> Json<Message> {
    Json(Message { message: "pong" })
}

/// Answers with text.
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

/// Shows a user.
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
