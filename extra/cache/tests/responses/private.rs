//! Responses that are for one client each.

use highball::{http::header::AUTHORIZATION, prelude::*};
use highball_cache::responses::cached;

use crate::app::{AppState, Runs};

#[derive(Clone, Debug, Local)]
struct User {
    id: u64,
}

#[guard]
fn signed_in(token: Bearer) -> Result<User, StatusCode> {
    let id = token
        .token()
        .parse()
        .map_err(|_| StatusCode::UNAUTHORIZED)?;
    Ok(User { id })
}

#[get("/me", cached(ttl = mins(1), by::<User>(|user| &user.id)))]
async fn me(user: Local<'_, User>, runs: State<Runs>) -> String {
    format!("user {}, run {}", user.id, runs.begin())
}

/// The same for all users.
#[get("/news", cached(ttl = mins(1)))]
async fn news(runs: State<Runs>) -> String {
    format!("run {}", runs.begin())
}

#[routes(app, with(signed_in))]
struct Api(me, news);

#[tokio::test(start_paused = true)]
async fn each_client_gets_its_own_response() {
    let client = Api.test().state(AppState::new()).start();
    let get = |token: &'static str| client.get("/me").header(AUTHORIZATION, token).send();
    let first = get("Bearer 1").await;
    assert_eq!(first.text(), "user 1, run 1");
    assert_eq!(first.header("cache-control"), "private, no-cache");
    assert_eq!(get("Bearer 2").await.text(), "user 2, run 2");
    assert_eq!(get("Bearer 1").await.text(), "user 1, run 1");
    // Another token of the same user.
    assert_eq!(get("bearer 01").await.text(), "user 1, run 1");
}

#[tokio::test(start_paused = true)]
async fn a_guard_outside_runs_for_stored_responses_too() {
    let client = Api.test().state(AppState::new()).start();
    let get = |token: &'static str| client.get("/news").header(AUTHORIZATION, token).send();
    let first = get("Bearer 1").await;
    assert_eq!(first.text(), "run 1");
    // A proxy would send it to clients that have no login.
    assert_eq!(first.header("cache-control"), "private, no-cache");
    assert_eq!(get("Bearer 2").await.text(), "run 1");
    assert_eq!(get("Bearer x").await.status(), 401);
    assert_eq!(client.get("/news").send().await.status(), 401);
    assert_eq!(client.get("/me").send().await.status(), 401);
}
