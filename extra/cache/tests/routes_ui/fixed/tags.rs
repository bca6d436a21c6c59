use highball::prelude::*;
use highball_cache::responses::{ResponseCache, cached, invalidates};

#[derive(State)]
struct AppState {
    responses: ResponseCache,
}

#[get("/products/{id}", cached(ttl = mins(1), tags = ["product:{id}", "products"]))]
async fn show(id: u64) -> String {
    id.to_string()
}

#[put("/products/{id}", invalidates(tags = ["product:{id}"], unchecked = ["prices"]))]
async fn edit(id: u64) {
    let _ = id;
}

#[delete("/products/{id}", invalidates(tags = ["product:{id}"]))]
async fn remove(id: u64) {
    let _ = id;
}

#[patch("/products/{key}", invalidates(tags = ["product:{key}"]))]
async fn change(key: u64) {
    let _ = key;
}

#[routes(app)]
struct Api(show, edit, remove, change);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
