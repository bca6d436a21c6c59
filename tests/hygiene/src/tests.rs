//! The responses of the apps.

use highball::prelude::*;

use crate::{attributes, instrumented, macros, own, places, raw, shadowed};

/// Sends GET requests, and compares the bodies of the responses.
macro_rules! check {
    ($app:expr, $state:expr, $($path:literal: $expected:literal,)*) => {{
        let client = $app.test().state($state).start();
        $(assert_eq!(client.get($path).send().await.text(), $expected, $path);)*
        client
    }};
}

#[tokio::test]
async fn names_may_be_shadowed() {
    let client = check!(shadowed::Api, shadowed::AppState { limit: 7 },
        "/plain/1": "1 7",
        "/again/plain/1": "1",
        "/context": "/context",
        "/cookies": "false",
        "/place/Rome/127.0.0.1/3": "Rome 127.0.0.1 3",
        "/tuple/1/b": "1 b",
        "/patterns": "7 7",
        "/generic/5": "5",
        "/orgs/2/items/3": "/orgs/2/items/3",
        "/orgs/2/none": "nothing",
        "/module": "index",
        "/service/4": "8",
    );
    let response = client.post("/every/3/a").json(&json!(true)).send().await;
    assert_eq!(response.text(), "3 a 7 1 true");
    let response = client.post("/every/9/a").json(&json!(true)).send().await;
    assert_eq!(
        (response.status().as_u16(), response.text()),
        (409, "9 is over")
    );
    let response = client
        .post("/orders")
        .json(&json!({ "count": 0 }))
        .send()
        .await;
    assert_eq!(response.status(), 422);
    assert_eq!(client.put("/service/4").send().await.text(), "4 PUT");
}

#[tokio::test]
async fn macros_by_example_may_make_everything() {
    let state = || macros::Everything::new(4);
    let client = check!(macros::Api, state(),
        "/a/1": "1",
        "/b/text": "text",
        "/c": "/c",
        "/d": "/d",
        "/e": "4",
        "/f/1/b": "1 b",
        "/g/a": "a",
        "/h": "0",
        "/parallel": "parallel",
        "/in/2/inner/3": "2 3",
        "/in/2/nested": "nested",
        "/in/2/none": "nothing",
        "/service/3": "3 1 /service/3",
        "/links": "/in/2/inner/2 /a/3",
        "/placed/Rome/3/127.0.0.1": "placed",
        "/patterns": "4 4 4",
    );
    assert_eq!(
        client.post("/reader/1").send().await.text(),
        "1 4 /reader/1"
    );
    assert_eq!(
        client.post("/options").body("four").send().await.text(),
        "4"
    );
    let client = macros::Api
        .test()
        .state(macros::Everything::new(99))
        .start();
    let response = client.post("/reader/1").send().await;
    assert_eq!(
        (response.status().as_u16(), response.text()),
        (409, "/reader/1 is over 5")
    );
}

#[tokio::test]
async fn names_may_be_keywords() {
    let client = check!(raw::Api, raw::AppState { r#type: 7, r#enum: raw::r#enum(1) },
        "/async/a/1": "a 1",
        "/fields/a/1": "a 1",
        "/try/1/2/3/4/x": "/try/1/2/3/4/x true",
        "/patterns": "7 7",
        "/group/2/inner/3": "2 /inner/3 /group/2/inner/3",
        "/group/2/none": "else",
        "/mod": "true",
        "/static/3": "3",
    );
    assert_eq!(client.post("/tuple/a/1").send().await.text(), "a 1");
    let problem = client.get("/async/a/0").send().await.json::<Value>();
    assert_eq!(problem["detail"], "a is no   0");
}

#[tokio::test]
#[allow(deprecated)]
async fn items_may_have_attributes() {
    let state = attributes::AppState {
        limit: 7,
        old: attributes::Old(8),
    };
    let client = check!(attributes::Api, state,
        "/conditional/1": "conditional",
        "/plain/1": "7 8",
        "/forms": "all",
        "/below": "below",
        "/none": "nothing",
        "/mod": "module",
        "/mod/inner": "inner",
        "/service/1": "service",
    );
    assert_eq!(client.post("/again/fields/1/2").send().await.text(), "1");
}

#[tokio::test]
async fn other_attribute_macros_may_rewrite_a_function() {
    let state = raw::AppState {
        r#type: 7,
        r#enum: raw::r#enum(1),
    };
    let _ = check!(instrumented::Api, state,
        "/above/a": "a 7 /above/a",
        "/below/1": "1 7",
        "/generic/5": "5",
        "/service/1": "1 7",
        "/service/other/1": "1",
        "/none": "nothing",
    );
}

#[test]
fn main_may_be_any_function() {
    assert!(shadowed::main().is_ok());
    assert_eq!(macros::main(), 7);
}

#[tokio::test]
async fn extractors_may_have_the_names_of_highball() {
    assert_eq!(own::answer("/").await, r#"[0,"",0,false,3]"#);
    assert_eq!(own::answer("/plain").await, "[0,0,0]");
}

#[tokio::test]
async fn items_may_be_anywhere() {
    let _ = check!(places::Api, places::AppState::new(),
        "/inner/restricted/1": "1 19",
        "/inner/super/1": "1",
        "/inner/text/a": "/text/a",
        "/inner/private": "private",
        "/counter/5": "7",
        "/typed/5": "9",
        "/typed": "typed",
    );
    for (path, expected) in [
        ("/local/3", "/nested/3 7"),
        ("/module", "module"),
        ("/service", "service"),
        ("/none", "nothing"),
    ] {
        assert_eq!(places::in_a_function(path).await, expected);
    }
    let client = places::Api.test().state(places::AppState::new()).start();
    assert_eq!(
        client.get("/guarded/middle/super/1").send().await.status(),
        200
    );
}
