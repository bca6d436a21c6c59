use highball::prelude::*;
use highball_cache::responses::{ResponseCache, cached};

#[derive(State)]
struct AppState {
    responses: ResponseCache,
}

#[any("/me")]
async fn me(cx: &Context<'_>) -> String {
    cx.header("cookie").unwrap_or_default().to_owned()
}

#[get("/list")]
async fn list() -> &'static str {
    "tea, milk"
}

#[query("/search")]
async fn search() {}

#[routes(cached(ttl = mins(1)))]
struct Group(list);

#[routes(app)]
struct Api(Group, me, search);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
