use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home);

#[highball::main]
async fn main() {
    highball::serve(Api).await
}
