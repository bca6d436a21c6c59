use highball::prelude::*;

#[derive(State)]
struct AppState {
    greeting: String,
}

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home);

#[routes(admin)]
struct Operators(highball::serve::readyz);

#[highball::main]
async fn main() -> highball::Result {
    let greeting = "hello".to_owned();
    highball::serve(Api).admin(Operators).state(AppState { greeting }).await
}
