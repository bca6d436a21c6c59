//~ mistake: the argument has another name than the parameter of the path
//~ thing: {user_id}
//~ way: user_id: u64 | `user_id` | rename | write `{id}`
use highball::prelude::*;

#[get("/users/{user_id}")] //~ here
async fn show(id: u64) -> Json<Value> {
    //~^ here
    Json(json!({ "id": id, "name": "zoe" }))
}

#[routes(app)]
struct Api(show);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
