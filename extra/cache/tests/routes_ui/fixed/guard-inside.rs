use highball::prelude::*;
use highball_cache::responses::{ResponseCache, cached};

#[derive(State)]
struct AppState {
    responses: ResponseCache,
}

#[guard]
fn signed_in(token: Bearer) -> Result<(), StatusCode> {
    match token.token() {
        "secret" => Ok(()),
        _ => Err(StatusCode::UNAUTHORIZED),
    }
}

#[get("/news", cached(ttl = mins(1)))]
async fn news() -> &'static str {
    "for members"
}

#[routes(app, with(signed_in))]
struct Api(news);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
