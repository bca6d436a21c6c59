use highball::{prelude::*, ws::WebSocketUpgrade};

#[get("/echo")]
async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|mut socket| async move { while socket.recv().await.is_ok() {} })
}

#[routes(app)]
struct Api(echo);

fn main() {
    let _ = highball::serve(Api).state(());
}
