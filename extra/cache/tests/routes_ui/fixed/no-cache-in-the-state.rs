use highball::prelude::*;
use highball_cache::responses::{ResponseCache, cached};

#[derive(State)]
struct AppState {
    responses: ResponseCache,
}

#[get("/", cached(ttl = mins(1)))]
async fn home() {}

#[routes(app)]
struct Api(home);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
