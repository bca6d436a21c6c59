//! A server for the open network: `cargo run -p fortress`, then `curl localhost:8080/hello/you`.
//!
//! Its settings come from `HIGHBALL_*` and from the file that `HIGHBALL_CONFIG` names; `fortress.toml`
//! beside this package is one to begin with.

use highball::{AccessLog, Files, Message, WebSocketUpgrade, prelude::*, tokio};

/// What handlers may ask for.
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

/// Says that it is there.
#[get("/")]
fn home() -> &'static str {
    "fortress\n"
}

/// Greets by name.
#[get("/hello/{name}")]
fn hello(name: &str) -> String {
    format!("hello {name}\n")
}

/// Sends back what it is sent.
#[post("/echo")]
async fn echo(body: Bytes) -> Bytes {
    body
}

/// Takes half a second.
#[get("/slow")]
async fn slow() -> &'static str {
    tokio::time::sleep(millis(500)).await;
    "slow\n"
}

/// Panics, and harms nobody else.
#[get("/panic")]
async fn panics() {
    panic!("asked to");
}

/// Sends back each message of a WebSocket.
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

/// Sends a file.
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
    highball::livez,
    highball::readyz,
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
