use highball::prelude::*;
use highball_cache::responses::{ResponseCache, cached};

#[derive(State)]
struct AppState {
    responses: ResponseCache,
}

#[post("/orders")]
async fn order() {}

#[middleware(facts = highball::extract::Facts::WRITES)]
async fn counted(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/visits", with(counted), cached(ttl = mins(1), unchecked = "an estimate is enough"))]
async fn visits() {}

#[get("/address")]
async fn address(client: highball::extract::Client) -> String {
    format!("{client:?}")
}

#[routes(app)]
struct Api(order, visits, address);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
