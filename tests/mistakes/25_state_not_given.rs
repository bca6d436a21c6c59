//~ mistake: a handler takes state, and the server is started without `.state(..)`
//~ thing: Greeting
//~ way: .state(
use highball::prelude::*;

struct Greeting(String);

#[derive(State)]
struct AppState {
    greeting: Greeting,
}

fn load() -> AppState {
    AppState {
        greeting: Greeting("hello".to_owned()),
    }
}

#[get("/")]
async fn hello(greeting: State<Greeting>) -> String {
    greeting.0.clone()
}

#[routes(app)]
struct Api(hello);

#[highball::main]
async fn main() -> highball::Result {
    let state = load();
    println!("{}", state.greeting.0);
    highball::serve(Api).await //~ here
}
