//~ mistake: Rocket's reference to state, `&State<Counter>`
//~ thing: &State<Counter>
//~ way: hits: State<Counter> | write `State<Counter>` | the `&` | without `&`
use highball::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
struct Counter(AtomicU64);

#[derive(Default, State)]
struct AppState {
    hits: Counter,
}

#[get("/hits")]
fn count(hits: &State<Counter>) -> String {
    //~^ here
    hits.0.load(Ordering::Relaxed).to_string()
}

#[routes(app)]
struct Api(count);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).state(AppState::default()).await
}
