//! How long sessions last.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use highball::tokio;

use super::app::{App, id_of};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn a_session_ends_without_requests() {
    let app = App::start();
    let id = app.begin("POST", "/login/zoe", "").await;
    app.clock.advance(30 * MINUTE - SECOND).await;
    assert_eq!(app.status("/me", &id).await, 200);
    app.clock.advance(30 * MINUTE - SECOND).await;
    assert_eq!(app.status("/me", &id).await, 200);
    app.clock.advance(30 * MINUTE).await;
    assert_eq!(app.status("/me", &id).await, 401);
}

#[tokio::test]
async fn a_session_ends_in_any_case() {
    let app = App::start();
    let id = app.begin("POST", "/login/zoe", "").await;
    let mut lasted = Duration::ZERO;
    while app.status("/me", &id).await == 200 {
        app.clock.advance(20 * MINUTE).await;
        lasted += 20 * MINUTE;
    }
    assert_eq!(lasted, 12 * HOUR);
}

#[tokio::test]
async fn a_remembered_login_lasts_as_long_as_its_cookie() {
    let app = App::start();
    let response = app.send("POST", "/remember/zoe", "").await;
    let cookie = response.headers()["set-cookie"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(cookie.ends_with("; Max-Age=2592000"), "{cookie}");
    let id = id_of(&response).expect("an id");
    app.clock.advance(30 * DAY - SECOND).await;
    assert_eq!(app.status("/me", &id).await, 200);
    app.clock.advance(SECOND).await;
    assert_eq!(app.status("/me", &id).await, 401);
}

#[tokio::test]
async fn reads_within_a_sixteenth_of_the_idle_time_write_nothing() {
    let app = App::start();
    let id = app.begin("POST", "/login/zoe", "").await;
    let writes = app.store.writes.load(Relaxed);
    for _ in 0..1000 {
        assert_eq!(app.status("/me", &id).await, 200);
    }
    assert_eq!(app.store.writes.load(Relaxed), writes);
    app.clock.advance(30 * MINUTE / 16).await;
    for _ in 0..10 {
        app.status("/me", &id).await;
    }
    assert_eq!(app.store.writes.load(Relaxed), writes + 1);
}

#[tokio::test]
async fn a_dangerous_route_requires_a_recent_login() {
    let app = App::start();
    let id = app.begin("POST", "/login/zoe", "").await;
    app.clock.advance(300 * SECOND).await;
    assert_eq!(app.status("/fresh", &id).await, 200);
    app.clock.advance(SECOND).await;
    let response = app.send("GET", "/fresh", &id).await;
    assert_eq!(
        (
            response.status().as_u16(),
            response.text().contains("log in again")
        ),
        (401, true)
    );
    assert_eq!(app.status("/me", &id).await, 200);
    let id = app.begin("POST", "/login/zoe", &id).await;
    assert_eq!(app.status("/fresh", &id).await, 200);
}

#[tokio::test]
async fn a_periodic_renewal_keeps_the_old_id_for_ten_seconds() {
    let app = App::start_with(|sessions| sessions.renew(10 * MINUTE));
    let id = app.begin("POST", "/login/zoe", "").await;
    app.clock.advance(10 * MINUTE).await;
    let new = app.begin("GET", "/me", &id).await;
    assert_ne!(new, id);
    // A request that was under way reads and changes the same session.
    app.clock.advance(10 * SECOND).await;
    let late = app.send("POST", "/cart/7", &id).await;
    assert_eq!((late.status().as_u16(), id_of(&late)), (200, None));
    assert_eq!(app.text("/cart", &new).await, "[7]");
    app.clock.advance(SECOND).await;
    assert_eq!(
        (app.status("/me", &id).await, app.status("/me", &new).await),
        (401, 200)
    );
    // After a login there is no such time, also with periodic renewals.
    let again = app.begin("POST", "/login/zoe", &new).await;
    assert_eq!(
        (
            app.status("/me", &new).await,
            app.status("/me", &again).await
        ),
        (401, 200)
    );
}

/// Sends a request that takes a second, and gives the session a new id meanwhile. Returns the status of the request and
/// the new id.
async fn during_a_renewal(app: &Arc<App>, id: &str, path: &'static str) -> (u16, String) {
    let slow = {
        let (app, id) = (Arc::clone(app), id.to_owned());
        tokio::spawn(async move { app.send("POST", path, &id).await.status().as_u16() })
    };
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    app.clock.advance(MINUTE / 120).await;
    let new = app.begin("GET", "/me", id).await;
    app.clock.advance(SECOND).await;
    (slow.await.expect("a response"), new)
}

#[tokio::test]
async fn a_change_and_a_logout_during_a_renewal_reach_the_session() {
    // The id is old enough only when the slow request has begun.
    let renewed = |sessions: highball_session::Sessions| sessions.renew(10 * MINUTE);
    let app = Arc::new(App::start_with(renewed));
    let id = app.begin("POST", "/login/zoe", "").await;
    app.clock.advance(10 * MINUTE - SECOND / 2).await;
    let (status, new) = during_a_renewal(&app, &id, "/late/7").await;
    assert_eq!(
        (status, app.text("/cart", &new).await.as_str()),
        (204, "[7]")
    );
    app.clock.advance(10 * MINUTE - 5 * SECOND / 4).await;
    let (status, last) = during_a_renewal(&app, &new, "/late-logout").await;
    assert_eq!((status, app.status("/me", &last).await), (204, 401));
    assert!(app.store.keys().is_empty());
}

#[tokio::test]
async fn the_longest_times_do_not_overflow() {
    let forever = |sessions: highball_session::Sessions| {
        let sessions = sessions.idle(Duration::MAX).absolute(Duration::MAX);
        sessions.remember(Duration::MAX).renew(Duration::MAX)
    };
    let app = App::start_with(forever);
    for path in ["/login/zoe", "/remember/zoe"] {
        let id = app.begin("POST", path, "").await;
        app.clock.advance(1000 * DAY).await;
        assert_eq!(app.status("/me", &id).await, 200, "{path}");
    }
}
