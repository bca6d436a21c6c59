//! The server that Highball is measured by: `cargo run -p bench-server --release`.
//!
//! `PORT` and `THREADS` come from the environment, 8080 and 1 unless set; it listens on 127.0.0.1. Every
//! default of the server is on, and nothing is logged.

mod behind;
mod bodies;
mod table;

use std::{env, net::SocketAddr};

use highball::{Config, prelude::*};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
struct Api(
    ping,
    plaintext,
    user,
    bodies::echo,
    bodies::big,
    behind::mw,
    table::Table,
);

fn number(name: &str, otherwise: u16) -> highball::Result<u16> {
    match env::var(name) {
        Ok(text) => text
            .parse()
            .map_err(|_| highball::Error::new(format!("{name} must be a number, not `{text}`"))),
        Err(_) => Ok(otherwise),
    }
}

fn main() -> highball::Result {
    let addr = SocketAddr::from(([127, 0, 0, 1], number("PORT", 8080)?));
    let threads = usize::from(number("THREADS", 1)?);
    // The thread that starts serves nothing: the workers do.
    let runtime = highball::tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let config = Config::default().workers(threads);
        highball::serve(Api).listen(addr).config(config).await
    })
}

#[cfg(test)]
mod tests;
