use highball::prelude::*;
use highball_cache::responses::{ResponseCache, cached};

#[derive(State)]
struct AppState {
    responses: ResponseCache,
}

#[get("/hello", cached(ttl = mins(1), vary = ["accept-language"]))]
async fn hello(headers: HeaderMap) -> String {
    format!("hello in {:?}", headers.get("accept-language"))
}

#[get("/context", cached(ttl = mins(1), vary = []))]
async fn context(cx: &mut Context<'_>) -> String {
    cx.path().to_owned()
}

#[routes(app)]
struct Api(hello, context);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
