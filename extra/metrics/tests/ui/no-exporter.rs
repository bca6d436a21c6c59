//! The state has no exporter.

use highball::prelude::*;
use highball_metrics::measured;

#[derive(State)]
struct AppState {
    name: String,
}

#[get("/")]
async fn home(name: State<String>) -> String {
    name.to_string()
}

#[routes(app, with(measured))]
struct Api(home);

pub fn main() {
    let _ = highball::serve(Api).state(AppState { name: String::new() });
}
