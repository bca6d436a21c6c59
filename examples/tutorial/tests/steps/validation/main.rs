#[path = "../../../src/database.rs"]
mod database;
#[path = "../errors/error.rs"]
mod error;
mod links;

use highball::prelude::*;
use sqlx::SqlitePool;

use self::links::Links;

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
#[routes(app)]
struct Api(home, Links, links::follow, links::top);

#[highball::main]
async fn main() -> highball::Result {
    let database = database::open("links.db").await?;
    highball::serve(Api).state(AppState { database }).await
}

serve_step!(with database);
