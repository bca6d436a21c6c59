//! A store that fails, and clients that may not have a session.

use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use highball::tokio;

use super::app::{App, id_of};

#[tokio::test]
async fn a_store_that_is_down_is_a_503_only_for_routes_with_a_session() {
    let app = App::start();
    let id = app.begin("POST", "/login/zoe", "").await;
    app.store.is_down.store(true, Relaxed);
    for (method, path) in [
        ("GET", "/me"),
        ("GET", "/maybe"),
        ("GET", "/cart"),
        ("POST", "/logout"),
    ] {
        let response = app.send(method, path, &id).await;
        assert_eq!(
            (response.status().as_u16(), response.header("retry-after")),
            (503, "1"),
            "{path}"
        );
        assert!(!response.text().contains("secret"), "{}", response.text());
    }
    assert_eq!(app.status("/plain", &id).await, 200);
    assert_eq!(app.status("/cart", "").await, 200);
    assert_eq!(app.send("POST", "/cart/7", "").await.status(), 503);
    app.store.is_down.store(false, Relaxed);
    assert_eq!(app.status("/me", &id).await, 200);
}

#[tokio::test]
async fn calls_of_the_store_and_their_failures_are_gauges() {
    let app = App::start();
    let gauges = app.gauges();
    let read = |name: &str| {
        let gauge = gauges.iter().find(|gauge| gauge.name() == name);
        gauge.expect("a gauge").read()
    };
    let counts = || {
        [
            "sessions_begun",
            "session_store_calls",
            "session_store_failures",
        ]
        .map(read)
    };
    assert_eq!(counts(), [0.0; 3]);
    let id = app.begin("POST", "/login/zoe", "").await;
    let [begun, calls, failures] = counts();
    assert_eq!((begun, failures), (1.0, 0.0));
    assert!(calls >= 1.0, "{calls}");
    app.store.is_down.store(true, Relaxed);
    assert_eq!(app.status("/me", &id).await, 503);
    assert_eq!(counts(), [1.0, calls + 1.0, 1.0]);
    app.store.is_down.store(false, Relaxed);
    app.store.hangs.store(true, Relaxed);
    let (status, ()) = tokio::join!(
        app.status("/me", &id),
        app.clock.advance(Duration::from_secs(2))
    );
    assert_eq!((status, read("session_store_failures")), (503, 2.0));
    assert!(read("session_store_seconds") >= 1.0);
}

#[tokio::test]
async fn a_store_that_hangs_is_a_503_in_bounded_time() {
    let app = std::sync::Arc::new(App::start());
    let id = app.begin("POST", "/login/zoe", "").await;
    app.store.hangs.store(true, Relaxed);
    let waiting = {
        let (app, id) = (app.clone(), id.clone());
        tokio::spawn(async move { app.status("/me", &id).await })
    };
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    app.clock.advance(Duration::from_secs(2)).await;
    assert_eq!(waiting.await.expect("a response"), 503);
    assert_eq!(app.status("/plain", &id).await, 200);
}

#[tokio::test]
async fn an_app_can_serve_visitors_while_the_store_is_down() {
    let app = App::start_with(|sessions| sessions.anonymous_on_error());
    let id = app.begin("POST", "/login/zoe", "").await;
    app.store.is_down.store(true, Relaxed);
    assert_eq!(app.text("/maybe", &id).await, "a visitor");
    assert_eq!(app.status("/me", &id).await, 401);
    let change = app.send("POST", "/cart/7", &id).await;
    assert_eq!((change.status().as_u16(), id_of(&change)), (503, None));
    app.store.is_down.store(false, Relaxed);
    assert_eq!(app.text("/me", &id).await, "zoe");
}

#[tokio::test]
async fn a_visitor_of_a_store_that_was_down_gets_no_second_session() {
    let app = std::sync::Arc::new(App::start_with(|sessions| sessions.anonymous_on_error()));
    let id = app.begin("POST", "/login/zoe", "").await;
    app.store.hangs.store(true, Relaxed);
    let sent = {
        let (app, id) = (app.clone(), id.clone());
        tokio::spawn(async move { app.send("POST", "/cart/7", &id).await })
    };
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    // The store answers again between the lookup and the change.
    app.store.hangs.store(false, Relaxed);
    app.clock.advance(Duration::from_secs(2)).await;
    let response = sent.await.expect("a response");
    assert_eq!((response.status().as_u16(), id_of(&response)), (503, None));
    assert_eq!(app.text("/me", &id).await, "zoe");
}

#[tokio::test]
async fn a_store_that_cannot_be_written_serves_reads() {
    let app = App::start_with(|sessions| sessions.renew(Duration::from_secs(3600)));
    let id = app.begin("POST", "/remember/zoe", "").await;
    app.store.is_full.store(true, Relaxed);
    // The last use is stored again after two minutes, and the id changes after an hour.
    for time in [120, 3600] {
        app.clock.advance(Duration::from_secs(time)).await;
        let response = app.send("GET", "/me", &id).await;
        assert_eq!((response.text(), id_of(&response)), ("zoe", None), "{time}");
    }
    assert_eq!(app.send("POST", "/cart/7", &id).await.status(), 503);
    app.store.is_full.store(false, Relaxed);
    let new = app.begin("GET", "/me", &id).await;
    assert_eq!(app.text("/me", &new).await, "zoe");
}

#[tokio::test]
async fn a_failed_logout_is_not_a_success() {
    let app = App::start();
    let id = app.begin("POST", "/login/zoe", "").await;
    app.store.is_down.store(true, Relaxed);
    let response = app.send("POST", "/logout", &id).await;
    assert_eq!(
        (
            response.status().as_u16(),
            response.headers().get("set-cookie")
        ),
        (503, None)
    );
}

#[tokio::test]
async fn plain_http_is_for_this_machine() {
    let app = App::start_with(|sessions| sessions.plain_http());
    let request = app.client.post("/cart/7").header("host", "localhost");
    let response = request.send().await;
    let cookie = response.headers()["set-cookie"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        cookie.starts_with("session=") && cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/"),
        "{cookie}"
    );
    for (host, status) in [
        ("localhost:8080", 200),
        ("127.0.0.1", 200),
        ("[::1]:8080", 200),
        ("shop.localhost", 200),
        ("shop.example", 403),
        ("localhost.shop.example", 403),
        ("192.168.0.7:8080", 403),
        ("", 403),
    ] {
        let request = app.client.get("/cart").header("host", host);
        assert_eq!(request.send().await.status(), status, "{host}");
    }
    // A proxy on the same machine.
    for name in ["forwarded", "x-forwarded-for", "via"] {
        let request = app.client.get("/cart").header("host", "localhost");
        let response = request.header(name, "192.168.0.7").send().await;
        assert_eq!(response.status(), 403, "{name}");
    }
}

#[tokio::test]
async fn a_change_from_another_site_is_refused() {
    let app = App::start();
    let id = app.begin("POST", "/login/zoe", "").await;
    let request = app
        .client
        .post("/cart/7")
        .header("cookie", format!("__Host-session={id}"));
    assert_eq!(
        request
            .header("sec-fetch-site", "cross-site")
            .send()
            .await
            .status(),
        403
    );
    assert_eq!(app.text("/cart", &id).await, "[]");
}
