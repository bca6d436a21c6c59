//~ mistake: the feature `ws` is off
//~ thing: ws
//~ way: `ws` feature | feature `ws` | features = ["ws"] | feature = "ws"
//~ package: plain
use highball::{prelude::*, ws::WebSocketUpgrade}; //~ here

#[get("/echo")]
async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on(|mut socket| async move {
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
