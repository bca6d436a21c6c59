use highball::prelude::*;
use highball_cache::responses::{ResponseCache, cached};

#[derive(State)]
struct AppState {
    responses: ResponseCache,
}

struct Empty;

#[get("/", cached(ttl = mins(1)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn state() {
    let _ = highball::serve(Api).state(Empty);
}

fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
