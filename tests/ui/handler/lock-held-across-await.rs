use highball::prelude::*;

use std::sync::Mutex;

#[get("/")]
async fn home(names: State<Mutex<Vec<String>>>) -> String {
    let names = names.lock().unwrap();
    pause().await;
    names.join(" ")
}

async fn pause() {}

#[routes(app)]
struct Api(home);

#[derive(State)]
struct AppState {
    names: Mutex<Vec<String>>,
}

fn main() {
    let _ = highball::serve(Api).state(AppState {
        names: Mutex::default(),
    });
}
