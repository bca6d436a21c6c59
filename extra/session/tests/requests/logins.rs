//! Logins: ids, fixation, devices.

use highball::tokio;

use super::app::{App, id_of};

#[tokio::test]
async fn a_login_has_a_new_id_and_keeps_the_cart() {
    let app = App::start();
    let planted = app.begin("POST", "/cart/7", "").await;
    let id = app.begin("POST", "/login/zoe", &planted).await;
    assert_ne!(id, planted);
    assert_eq!(
        (app.text("/me", &id).await, app.text("/cart", &id).await),
        ("zoe".to_owned(), "[7]".to_owned())
    );
    // The planted id leads to nothing, at once.
    assert_eq!(app.status("/me", &planted).await, 401);
    assert_eq!(app.text("/cart", &planted).await, "[]");
    let again = app.begin("POST", "/login/zoe", &id).await;
    assert_ne!(again, id);
    assert_eq!(app.status("/me", &id).await, 401);
    assert_eq!(app.text("/cart", &again).await, "[7]");
}

#[tokio::test]
async fn an_unknown_id_is_never_adopted() {
    let app = App::start();
    let ended = app.begin("POST", "/cart/7", "").await;
    app.send("POST", "/logout", &ended).await;
    let invented = "0123456789abcdef0123456789abcdef";
    for id in [
        invented,
        &ended,
        "",
        "short",
        "../../etc/passwd",
        "0123456789ABCDEF0123456789ABCDEF",
    ] {
        let response = app.send("POST", "/cart/1", id).await;
        let new = id_of(&response).expect("a new id");
        assert_ne!(new, id);
        assert_eq!(app.text("/cart", &new).await, "[1]");
        assert_eq!(app.text("/cart", id).await, "[]");
        let new = app.begin("POST", "/login/zoe", id).await;
        assert_ne!(new, id);
        assert_eq!(app.status("/me", id).await, 401);
    }
}

#[tokio::test]
async fn an_id_in_the_query_is_no_login() {
    let app = App::start();
    let id = app.begin("POST", "/login/zoe", "").await;
    for path in ["/me?session=", "/me?__Host-session="] {
        assert_eq!(app.status(&format!("{path}{id}"), "").await, 401);
    }
    let request = app
        .client
        .get("/me")
        .header("authorization", format!("Bearer {id}"));
    assert_eq!(request.send().await.status(), 401);
}

#[tokio::test]
async fn the_store_has_no_id() {
    let app = App::start();
    let id = app.begin("POST", "/login/zoe", "").await;
    let keys = app.store.keys();
    assert_eq!(keys.len(), 1);
    assert!(!keys[0].hex().contains(&id));
    // The key is no id either.
    assert_eq!(app.status("/me", &keys[0].hex()[..32]).await, 401);
}

#[tokio::test]
async fn another_user_gets_nothing_of_the_first() {
    let app = App::start();
    let zoe = app.begin("POST", "/login/zoe", "").await;
    app.send("POST", "/cart/7", &zoe).await;
    let carl = app.begin("POST", "/login/carl", &zoe).await;
    assert_eq!(
        (app.text("/me", &carl).await, app.text("/cart", &carl).await),
        ("carl".to_owned(), "[]".to_owned())
    );
    assert_eq!(app.status("/me", &zoe).await, 401);
    assert_eq!(app.store.keys().len(), 1);
}

#[tokio::test]
async fn a_logout_ends_the_session_also_for_requests_under_way() {
    let app = std::sync::Arc::new(App::start());
    let id = app.begin("POST", "/login/zoe", "").await;
    app.send("POST", "/cart/7", &id).await;
    let slow = {
        let (app, id) = (app.clone(), id.clone());
        tokio::spawn(async move { app.send("GET", "/slow", &id).await })
    };
    tokio::task::yield_now().await;
    let response = app.send("POST", "/logout", &id).await;
    assert_eq!(
        response.headers()["set-cookie"],
        "__Host-session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
    );
    // The slow request was there first, and its response sets no cookie.
    while !slow.is_finished() {
        app.clock
            .advance(std::time::Duration::from_millis(100))
            .await;
    }
    let slow = slow.await.expect("a response");
    assert_eq!((slow.status().as_u16(), id_of(&slow)), (200, None));
    assert_eq!(app.status("/me", &id).await, 401);
    assert_eq!(app.status("/guarded", &id).await, 401);
    assert!(app.store.keys().is_empty());
}

#[tokio::test]
async fn a_user_sees_and_ends_the_own_devices() {
    let app = App::start();
    let here = app.begin("POST", "/login/zoe", "").await;
    let there = app.begin("POST", "/login/zoe", "").await;
    let carl = app.begin("POST", "/login/carl", "").await;
    type Devices = Vec<(String, String, bool)>;
    let devices: Devices = app.send("GET", "/devices", &here).await.json();
    assert_eq!(devices.iter().filter(|device| device.2).count(), 1);
    assert_eq!(devices.len(), 2);
    let of_carl: Devices = app.send("GET", "/devices", &carl).await.json();
    // The device of another user cannot be ended.
    let path = format!("/devices/{}", of_carl[0].0);
    assert_eq!(app.send("DELETE", &path, &here).await.text(), "false");
    let other = devices.iter().find(|device| !device.2).expect("the other");
    let path = format!("/devices/{}", other.0);
    assert_eq!(app.send("DELETE", &path, &here).await.text(), "true");
    assert_eq!(
        (
            app.status("/me", &there).await,
            app.status("/me", &here).await
        ),
        (401, 200)
    );
    assert_eq!(app.status("/me", &carl).await, 200);
    assert_eq!(app.status("/devices", "").await, 401);
}

#[tokio::test]
async fn a_user_logs_out_everywhere() {
    let app = App::start();
    let ids = [
        app.begin("POST", "/login/zoe", "").await,
        app.begin("POST", "/login/zoe", "").await,
        app.begin("POST", "/login/zoe", "").await,
    ];
    assert_eq!(
        app.send("POST", "/logout/others", &ids[0]).await.text(),
        "2"
    );
    assert_eq!(
        (
            app.status("/me", &ids[0]).await,
            app.status("/me", &ids[1]).await
        ),
        (200, 401)
    );
    let another = app.begin("POST", "/login/zoe", "").await;
    assert_eq!(app.send("POST", "/logout/all", &ids[0]).await.text(), "2");
    assert_eq!(
        (
            app.status("/me", &ids[0]).await,
            app.status("/me", &another).await
        ),
        (401, 401)
    );
}

#[tokio::test]
async fn a_user_is_stored_again_without_a_new_login() {
    let app = App::start();
    let id = app.begin("POST", "/remember/zoe", "").await;
    app.clock.advance(std::time::Duration::from_secs(400)).await;
    let renamed = app.send("POST", "/rename/zoe", &id).await;
    let cookie = renamed.header("set-cookie").to_owned();
    // It is remembered for the rest of the 30 days.
    assert!(cookie.ends_with("; Max-Age=2591600"), "{cookie}");
    let new = id_of(&renamed).expect("a new id");
    assert_eq!(
        (app.status("/me", &id).await, app.status("/me", &new).await),
        (401, 200)
    );
    // The login is as old as before.
    assert_eq!(app.status("/fresh", &new).await, 401);
    assert_eq!(app.send("POST", "/rename/ada", &new).await.status(), 401);
    assert_eq!(app.text("/me", &new).await, "zoe");
    assert_eq!(app.send("POST", "/rename/zoe", "").await.status(), 401);
}

#[tokio::test]
async fn a_user_has_a_limited_number_of_sessions() {
    let app = App::start_with(|sessions| sessions.per_user(3));
    let mut ids = Vec::new();
    for _ in 0..5 {
        app.clock.advance(std::time::Duration::from_secs(1)).await;
        ids.push(app.begin("POST", "/login/zoe", "").await);
    }
    let carl = app.begin("POST", "/login/carl", "").await;
    let mut statuses = Vec::new();
    for id in &ids {
        statuses.push(app.status("/me", id).await);
    }
    assert_eq!(statuses, [401, 401, 200, 200, 200]);
    assert_eq!(app.status("/me", &carl).await, 200);
}

#[tokio::test]
async fn an_argument_without_a_login_is_a_401_or_nothing() {
    let app = App::start();
    for path in ["/me", "/fresh", "/guarded"] {
        let response = app.send("GET", path, "").await;
        assert_eq!(
            (
                response.status().as_u16(),
                response.text().contains("log in first")
            ),
            (401, true),
            "{path}"
        );
    }
    assert_eq!(app.text("/maybe", "").await, "a visitor");
    let id = app.begin("POST", "/login/zoe", "").await;
    for path in ["/me", "/fresh", "/maybe"] {
        assert_eq!(app.text(path, &id).await, "zoe");
    }
    assert_eq!(app.text("/guarded", &id).await, "guarded");
}
