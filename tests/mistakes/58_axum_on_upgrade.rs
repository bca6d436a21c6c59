//~ mistake: axum's method of a WebSocket upgrade, `on_upgrade(..)`
//~ thing: on_upgrade
//~ way: `on` | .on( | `on(
//~ or: compiles
use highball::{prelude::*, ws::WebSocketUpgrade};

#[get("/echo")]
async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |mut socket| {
        //~^ here
        while let Ok(message) = socket.recv().await {
            let _ = socket.send(message).await;
        }
    })
}

#[routes(app)]
struct Api(echo);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
