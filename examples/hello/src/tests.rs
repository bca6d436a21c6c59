use highball::prelude::*;

use super::Api;

#[test]
fn ping_is_answered() {
    highball::block_on(async {
        let response = Api.test().get("/ping").send().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.header(header::CONTENT_TYPE), "application/json");
        assert_eq!(response.text(), r#"{"message":"pong"}"#);
    });
}
