use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home);

#[routes(app)]
struct Other(home);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).admin(Other).await
}
