use highball::prelude::*;

#[derive(State)]
struct AppState {
    greeting: String,
}

#[get("/")]
async fn home() {}

#[get("/count", admin)]
async fn count(_count: State<u64>) {}

#[routes(app)]
struct Api(home);

#[routes(admin)]
struct Operators(count);

#[highball::main]
async fn main() -> highball::Result {
    let greeting = "hello".to_owned();
    highball::serve(Api).state(AppState { greeting }).admin(Operators).await
}
