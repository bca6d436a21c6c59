//! A chat over WebSockets with its page: `cargo run -p chat`, then two windows on
//! `http://localhost:8080`.

mod room;

use highball::{Html, WebSocketUpgrade, prelude::*, tokio};

use crate::room::Room;

/// What handlers may ask for.
#[derive(Debug, Default, State)]
struct AppState {
    room: Room,
}

/// The page, with all that it needs.
#[get("/")]
fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}

/// Joins the room: what comes from one is sent to all.
#[get("/chat")]
async fn chat(upgrade: WebSocketUpgrade, room: State<Room>) -> Response {
    // Before the answer: whoever is connected hears everything.
    let mut said = room.join();
    upgrade.max_message(4096).on(|mut socket| async move {
        loop {
            tokio::select! {
                message = socket.recv() => match message {
                    Ok(highball::Message::Text(text)) => room.say(&text),
                    Ok(highball::Message::Binary(_)) => {}
                    Err(_) => break,
                },
                line = said.next() => if socket.send(line).await.is_err() {
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
