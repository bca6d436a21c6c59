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

#[get("/news", with(signed_in), cached(ttl = mins(1)))]
async fn news() -> &'static str {
    "for members"
}

#[routes(app)]
struct Api(news);

fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
