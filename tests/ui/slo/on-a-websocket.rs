use highball::{prelude::*, ws::WebSocketUpgrade};

#[get("/chat", slo(p99 = millis(500)))]
async fn chat(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on(|mut socket| async move { while socket.recv().await.is_ok() {} })
}

#[routes(app)]
struct Api(chat);

fn main() {
    let _ = highball::serve(Api).state(());
}
