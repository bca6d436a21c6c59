//~ mistake: a `MutexGuard` of the standard library is alive at an `.await`
//~ thing: MutexGuard
//~ way: tokio::sync::Mutex | drop( | before the `.await` | in a block
use highball::prelude::*;
use std::{sync::Mutex, time::Duration};

#[derive(Default, State)]
struct AppState {
    log: Mutex<Vec<String>>,
}

async fn notify(line: &str) {
    highball::tokio::time::sleep(Duration::from_millis(5)).await;
    println!("{line}");
}

#[post("/log/{line}")]
async fn append(line: String, log: State<Mutex<Vec<String>>>) -> String {
    let mut lines = log.lock().unwrap(); //~ here
    notify(&line).await; //~ here
    lines.push(line);
    lines.len().to_string()
}

#[routes(app)]
struct Api(append);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).state(AppState::default()).await
}
