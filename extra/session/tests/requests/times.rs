//! How long sessions last.

use std::{sync::atomic::Ordering::Relaxed, time::Duration};

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
