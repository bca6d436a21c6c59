//! Short links with logins, over SQLite: the service that the tutorial builds.

mod accounts;
mod database;
mod error;
mod links;
mod settings;

use highball::{
    middleware::{AccessLog, SecurityHeaders, request_id},
    prelude::*,
};
use sqlx::SqlitePool;

use self::{accounts::Accounts, links::Links, settings::Settings};

/// The state of the app. Handlers take its fields by type.
#[derive(Debug, State)]
struct AppState {
    database: SqlitePool,
}

/// Describes the service in one line.
#[get("/")]
fn home() -> &'static str {
    "short names for long addresses\n"
}

/// The routes of the app.
#[routes(
    app,
    with(
        AccessLog::line().skip(&["/livez", "/readyz"]),
        request_id,
        SecurityHeaders::new()
    )
)]
struct Api(
    home,
    Accounts,
    Links,
    links::follow,
    links::top,
    highball::serve::livez,
    highball::serve::readyz,
);

#[highball::main]
async fn main() -> highball::Result {
    let settings = Settings::from_env()?;
    let database = database::open(&settings.database).await?;
    let (checked, closed) = (database.clone(), database.clone());
    highball::serve(Api)
        .proxies(settings.proxies)
        .check("database", secs(1), move || {
            let database = checked.clone();
            async move {
                sqlx::query("select 1").execute(&database).await?;
                Ok(())
            }
        })
        .on_stop("database", secs(5), async move {
            closed.close().await;
            Ok(())
        })
        .state(AppState { database })
        .await
}

#[cfg(test)]
mod tests;
