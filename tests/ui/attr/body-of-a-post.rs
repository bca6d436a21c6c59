use highball::prelude::*;

#[post("/users", body)]
async fn create(_: Json<Value>) {}

#[routes(app)]
struct Api(create);

fn main() {}
