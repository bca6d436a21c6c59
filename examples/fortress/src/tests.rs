use highball::{block_on, prelude::*, ws::Message};

use crate::{Api, AppState};

fn get(path: &str) -> (u16, String) {
    let client = Api.test().state(AppState::new());
    let response = block_on(client.get(path).send());
    (response.status().as_u16(), response.text().to_owned())
}

#[test]
fn path_parameters_are_decoded() {
    assert_eq!(
        get("/hello/J%C3%BCrgen%20M"),
        (200, "hello Jürgen M\n".to_owned())
    );
    assert_eq!(get("/hello/%ff").0, 400);
}

#[test]
fn only_files_in_the_directory_are_served() {
    assert_eq!(get("/static/hello.txt"), (200, "All is well.\n".to_owned()));
    assert_eq!(get("/static/sub/a.txt"), (200, "Also here.\n".to_owned()));
    assert_eq!(get("/static/sub").0, 404);
    assert_eq!(get("/static/..%2fCargo.toml").0, 404);
}

#[test]
fn health_routes_return_200() {
    assert_eq!(get("/livez").0, 200);
    assert_eq!(get("/readyz").0, 200);
}

#[test]
fn body_is_echoed() {
    let client = Api.test().state(AppState::new());
    let response = block_on(client.post("/echo").body("and back").send());
    assert_eq!(response.text(), "and back");
}

#[test]
fn websocket_messages_are_limited_to_four_mebibytes() {
    const MOST: usize = 4 << 20;
    block_on(async {
        let session = Api.test().state(AppState::new()).start();
        let socket = || async { session.get("/ws").websocket().await.expect("a WebSocket") };
        let message = Message::Binary(vec![7; MOST].into());
        let mut open = socket().await;
        open.send(message.clone()).await.expect("it is sent");
        assert_eq!(open.recv().await, Ok(message));
        let mut open = socket().await;
        let _refused = open.send(Message::Binary(vec![7; MOST + 1].into())).await;
        let closed = open.recv().await.expect_err("it is too long");
        assert_eq!(closed.code(), 1009);
    });
}
