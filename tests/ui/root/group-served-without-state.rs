use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes]
struct Api(home);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
