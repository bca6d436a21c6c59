use highball::prelude::*;
use highball_metrics::{Exporter, measured};

#[derive(State)]
struct AppState {
    name: String,
    exporter: Exporter,
}

#[get("/")]
async fn home(name: State<String>) -> String {
    name.to_string()
}

#[routes(app, with(measured))]
struct Api(home);

pub fn main() {
    let exporter = Exporter::new();
    let _ = highball::serve(Api).state(AppState {
        name: String::new(),
        exporter,
    });
}
