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

#[get("/list", cached(ttl = secs(5)))]
async fn list() -> &'static str {
    "tea, milk"
}

#[query("/search", cached(ttl = secs(5)))]
async fn search() {}

#[routes(cached(ttl = mins(1)))]
struct Group(me);

#[routes(cached(ttl = mins(1)))]
struct Lists(list);

#[routes(app)]
struct Api(Group, Lists, search);

fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
