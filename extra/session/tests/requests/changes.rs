//! Changes of slots, and who sees them.

use std::sync::{Arc, atomic::Ordering::Relaxed};

use highball::tokio::{self, task::JoinSet};
use highball_session::store::Data;

use super::app::{App, id_of};

#[tokio::test]
async fn a_change_begins_a_session_and_is_seen_by_the_next_request() {
    let app = App::start();
    let first = app.send("POST", "/cart/7", "").await;
    assert_eq!(first.text(), "1");
    let cookie = first.headers()["set-cookie"]
        .to_str()
        .expect("text")
        .to_owned();
    let id = id_of(&first).expect("an id");
    assert_eq!(
        cookie,
        format!("__Host-session={id}; HttpOnly; SameSite=Lax; Secure; Path=/")
    );
    assert_eq!(first.header("cache-control"), "no-store");
    assert_eq!(first.header("vary"), "cookie");
    assert_eq!(app.text("/cart", &id).await, "[7]");
    let second = app.send("POST", "/cart/8", &id).await;
    assert_eq!((second.text(), id_of(&second)), ("2", None));
    assert_eq!(second.header("cache-control"), "private, no-cache");
    assert_eq!(app.text("/cart", &id).await, "[7,8]");
    assert_eq!(
        app.send("GET", "/cached", &id)
            .await
            .header("cache-control"),
        "private, max-age=60"
    );
}

#[tokio::test]
async fn reading_begins_nothing_and_a_route_without_a_session_does_not_use_the_store() {
    let app = App::start();
    for path in ["/cart", "/maybe", "/messages", "/plain"] {
        let response = app.send("GET", path, "").await;
        assert_eq!(
            (response.status().as_u16(), id_of(&response)),
            (200, None),
            "{path}"
        );
    }
    let calls = || {
        (
            app.store.reads.load(Relaxed),
            app.store.writes.load(Relaxed),
        )
    };
    assert_eq!(calls(), (0, 0));
    let id = app.begin("POST", "/cart/7", "").await;
    let before = calls();
    let response = app.send("GET", "/plain", &id).await;
    assert_eq!(response.headers().get("vary"), None);
    assert_eq!(calls(), before);
    // A read is one call, and a change two.
    app.text("/cart", &id).await;
    assert_eq!(calls(), (before.0 + 1, before.1));
    app.send("POST", "/cart/8", &id).await;
    assert_eq!(calls(), (before.0 + 2, before.1 + 1));
}

#[tokio::test]
async fn parallel_changes_of_two_slots_lose_nothing() {
    let app = Arc::new(App::start());
    for round in 1..=20 {
        let id = app.begin("POST", "/both", "").await;
        let mut tasks = JoinSet::new();
        for number in 0..64_u32 {
            let (app, id) = (Arc::clone(&app), id.clone());
            tasks.spawn(async move {
                let path = if number % 2 == 0 { "/cart/1" } else { "/views" };
                app.send("POST", path, &id).await.status().as_u16()
            });
        }
        while let Some(status) = tasks.join_next().await {
            assert_eq!(status.expect("no panic"), 200, "round {round}");
        }
        assert_eq!(app.text("/cart", &id).await.matches('1').count(), 33);
        assert_eq!(app.send("POST", "/views", &id).await.text(), "34");
    }
}

#[tokio::test]
async fn two_first_changes_of_one_request_begin_one_session() {
    let app = App::start();
    let id = app.begin("POST", "/both", "").await;
    assert_eq!(app.store.keys().len(), 1);
    assert_eq!(app.text("/cart", &id).await, "[1]");
    assert_eq!(app.send("POST", "/views", &id).await.text(), "2");
}

#[tokio::test]
async fn messages_are_shown_once() {
    let app = App::start();
    let id = app.begin("POST", "/say/saved", "").await;
    app.send("POST", "/say/sent", &id).await;
    assert_eq!(app.text("/messages", &id).await, r#"["saved","sent"]"#);
    let writes = app.store.writes.load(Relaxed);
    assert_eq!(app.text("/messages", "").await, "[]");
    assert_eq!(app.store.writes.load(Relaxed), writes);
    assert_eq!(app.text("/messages", &id).await, "[]");
}

#[tokio::test]
async fn data_that_does_not_fit_is_dropped_alone() {
    let app = App::start();
    let id = app.begin("POST", "/both", "").await;
    let older = Data {
        schema: 1,
        json: br#"{"items": "none"}"#.to_vec(),
    };
    let newer = Data {
        schema: 3,
        json: br#"{"items": [1], "total": 7}"#.to_vec(),
    };
    let broken = Data {
        schema: 2,
        json: b"{".to_vec(),
    };
    for data in [older, newer, broken] {
        app.store.overwrite("cart", &data);
        assert_eq!(app.text("/cart", &id).await, "[]");
    }
    assert_eq!(app.send("POST", "/views", &id).await.text(), "2");
    // The slot is usable again.
    assert_eq!(app.send("POST", "/cart/5", &id).await.text(), "1");
    assert_eq!(app.text("/cart", &id).await, "[5]");
}

#[tokio::test]
async fn a_slot_has_a_limit() {
    let app = App::start();
    let response = app.send("POST", "/large", "").await;
    assert_eq!(
        (
            response.status().as_u16(),
            response.text().contains("is full")
        ),
        (413, true)
    );
}
