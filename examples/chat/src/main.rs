//! A chat over WebSockets with a web page.
//!
//! Run it with `cargo run -p chat`, then open `http://localhost:8080` in two windows.

mod room;

use highball::{prelude::*, response::Html, tokio, ws::WebSocketUpgrade};

use crate::room::Room;

/// The state of the app.
#[derive(Debug, Default, State)]
struct AppState {
    room: Room,
}

/// Returns the page, which contains its script and its style.
#[get("/")]
fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}

/// Joins the room. Each message of a client is sent to all clients.
#[get("/chat")]
async fn chat(upgrade: WebSocketUpgrade, room: State<Room>) -> Response {
    // Join before the response, so that a connected client misses no message.
    let mut lines = room.join();
    upgrade.max_message(4096).on(|mut socket| async move {
        loop {
            tokio::select! {
                message = socket.recv() => match message {
                    Ok(highball::ws::Message::Text(text)) => room.send(&text),
                    Ok(highball::ws::Message::Binary(_)) => {}
                    Err(_) => break,
                },
                line = lines.next() => if socket.send(line).await.is_err() {
                    break;
                },
            }
        }
    })
}

/// The routes of the app.
#[routes(app)]
struct Api(page, chat);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).state(AppState::default()).await
}

#[cfg(test)]
mod tests;
