//! A server for the public Internet.
//!
//! Run it with `cargo run -p fortress`, then send a request with `curl localhost:8080/hello/you`.
//!
//! The settings come from environment variables `HIGHBALL_*` and from the file in `HIGHBALL_CONFIG`. `fortress.toml` in
//! this package is an example of such a file.

use highball::{
    middleware::{AccessLog, Files},
    prelude::*,
    tokio,
    ws::{Message, WebSocketUpgrade},
};

/// The state of the app.
#[derive(Debug, State)]
struct AppState {
    files: Files,
}

impl AppState {
    fn new() -> Self {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/static");
        Self {
            files: Files::new(dir),
        }
    }
}

/// Returns the name of the server.
#[get("/")]
fn home() -> &'static str {
    "fortress\n"
}

/// Returns a greeting.
#[get("/hello/{name}")]
fn hello(name: &str) -> String {
    format!("hello {name}\n")
}

/// Returns the body of the request.
#[post("/echo")]
async fn echo(body: Bytes) -> Bytes {
    body
}

/// Responds after half a second.
#[get("/slow")]
async fn slow() -> &'static str {
    tokio::time::sleep(millis(500)).await;
    "slow\n"
}

/// Panics. Other requests are not affected.
#[get("/panic")]
async fn panics() {
    panic!("a requested panic");
}

/// Sends each message of a WebSocket back.
#[get("/ws")]
async fn ws(upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message(4 << 20).on(|mut socket| async move {
        while let Ok(message) = socket.recv().await {
            let sent = match message {
                Message::Text(text) => socket.send(text).await,
                Message::Binary(bytes) => socket.send(bytes).await,
            };
            if sent.is_err() {
                return;
            }
        }
    })
}

/// Returns a file.
#[get("/static/{*path}")]
async fn file(path: &str, files: State<Files>, cx: &mut Context<'_>) -> Response {
    files.serve(path, cx).await
}

/// The routes of the app.
#[routes(app, with(AccessLog::line()))]
struct Api(
    home,
    hello,
    echo,
    slow,
    panics,
    ws,
    file,
    highball::serve::livez,
    highball::serve::readyz,
);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api)
        .check("static files", secs(1), || async {
            tokio::fs::metadata(concat!(env!("CARGO_MANIFEST_DIR"), "/static")).await?;
            Ok(())
        })
        .state(AppState::new())
        .await
}

#[cfg(test)]
mod tests;
