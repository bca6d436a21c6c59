//~ mistake: two fields of the state have one type
//~ thing: String
//~ way: wrap | own type | newtype
use highball::prelude::*;

#[derive(State)]
struct AppState {
    database_url: String,
    cache_url: String, //~ here
}

#[get("/status")]
async fn status(database: State<String>) -> String {
    format!("connected to {}", *database)
}

#[routes(app)]
struct Api(status);

#[highball::main]
async fn main() -> highball::Result {
    let database_url = std::env::var("DATABASE_URL")?;
    let cache_url = std::env::var("CACHE_URL")?;
    highball::serve(Api)
        .state(AppState {
            database_url,
            cache_url,
        })
        .await
}
