//~ mistake: Rocket's `data = "<task>"` in the attribute of a route
//~ thing: data
//~ way: leave out | leave it out | leave `data | remove | takes the body
use highball::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Task {
    title: String,
    done: bool,
}

#[post("/tasks", data = "<task>")] //~ here
async fn create(task: Json<Task>) -> (StatusCode, Json<Task>) {
    (StatusCode::CREATED, task)
}

#[routes(app)]
struct Api(create);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
