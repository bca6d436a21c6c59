//! An attribute macro of another crate, which rewrites the function above or below the attribute of Highball.

use highball::prelude::*;
use tracing::instrument;

/// A local.
#[derive(Debug, Clone, highball::Local)]
pub struct User(u64);

/// A guard.
#[instrument]
#[guard]
pub async fn above(#[config] limit: u64, State(state): State<u64>) -> Result<User, Rejection> {
    match state > limit {
        true => Err(Rejection::internal()),
        false => Ok(User(state)),
    }
}

/// A guard.
#[guard]
#[instrument(skip_all, fields(limit))]
pub fn below(#[config] limit: &'static str, user: Local<User>) -> Result<(), Rejection> {
    match limit.len() as u64 > user.0 {
        true => Err(Rejection::internal()),
        false => Ok(()),
    }
}

/// A middleware.
#[middleware]
#[instrument(skip_all)]
pub async fn timed(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

/// A middleware.
#[instrument(skip_all)]
#[middleware]
pub async fn logged(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

/// An observer.
#[instrument(skip_all)]
#[observer]
pub fn seen(exchange: &Exchange<'_>) {
    let _ = exchange.status();
}

/// A handler.
#[get("/above/{id}", with(above(9), below("a"), timed, logged))]
#[instrument(skip(cx), ret)]
pub async fn shown(id: &str, State(state): State<u64>, cx: &Context<'_>) -> String {
    format!("{id} {state} {}", cx.path())
}

/// A handler.
#[instrument(err, skip(user))]
#[get("/below/{id}", with(above(9)))]
pub async fn found(id: u64, Local(user): Local<User>) -> Result<String, Rejection> {
    Ok(format!("{id} {}", user.0))
}

/// A generic handler.
#[instrument]
#[get("/generic/{id}")]
pub async fn generic<T>(id: T) -> String
where
    T: std::fmt::Debug + std::str::FromStr<Err: std::fmt::Display> + std::fmt::Display,
{
    id.to_string()
}

/// A fallback.
#[fallback]
#[instrument(skip_all)]
pub async fn nothing(cx: &Context<'_>) -> Response {
    cx.text(404, "nothing")
}

/// A service.
#[derive(Debug)]
pub struct Service;

#[routes("/service")]
impl Service {
    #[get("/{id}")]
    #[instrument(skip_all, fields(id))]
    async fn show(id: u64, State(state): State<u64>) -> String {
        format!("{id} {state}")
    }

    #[instrument]
    #[get("/other/{id}")]
    fn other(id: u64) -> String {
        id.to_string()
    }
}

/// The app.
#[routes(app, fallback = nothing, with(seen))]
pub struct Api(shown, found, generic<u64>, Service);
