use highball::prelude::*;
use highball_cache::responses::{ResponseCache, cached};

#[derive(State)]
struct AppState {
    responses: ResponseCache,
}

#[get("/many", cached(ttl = mins(1), tags = ["a", "b", "c", "d"]))]
async fn many() {}

#[get("/no-time", cached(ttl = mins(1)))]
async fn no_time() {}

#[get("/word", cached(ttl = mins(1), tags = ["words"]))]
async fn unknown_option() {}

#[get("/template/{id}", cached(ttl = mins(1), tags = ["word:{id}"]))]
async fn no_name(id: u64) {
    let _ = id;
}

#[get("/brace/{id}", cached(ttl = mins(1), tags = ["word:{id}"]))]
async fn no_brace(id: u64) {
    let _ = id;
}

#[get("/case", cached(ttl = mins(1), vary = ["accept"]))]
async fn upper_case() {}

#[routes(app)]
struct Api(many, no_time, unknown_option, no_name, no_brace, upper_case);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
