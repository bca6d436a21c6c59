use highball::prelude::*;
use highball_cache::responses::{ResponseCache, cached};

#[derive(State)]
struct AppState {
    responses: ResponseCache,
}

#[get("/me", cached(ttl = mins(1)))]
async fn me(token: Bearer) -> String {
    token.token().to_owned()
}

#[routes(app)]
struct Api(me);

fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
