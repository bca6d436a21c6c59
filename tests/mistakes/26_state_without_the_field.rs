//~ mistake: a handler takes a type that is not a field of the state
//~ thing: Mailer
//~ way: field of type `Mailer` | field of the type `Mailer` | `: Mailer` | add a field
use highball::prelude::*;

struct Mailer;

impl Mailer {
    fn send(&self, to: &str) -> String {
        format!("sent to {to}")
    }
}

struct Templates(Vec<String>);

#[derive(State)]
struct AppState {
    //~^ here
    templates: Templates,
}

#[post("/welcome/{name}")]
async fn welcome(name: &str, templates: State<Templates>, mailer: State<Mailer>) -> String {
    format!("{} of {}", mailer.send(name), templates.0.len())
}

#[routes(app)]
struct Api(welcome);

#[highball::main]
async fn main() -> highball::Result {
    let _mailer = Mailer;
    let state = AppState {
        templates: Templates(Vec::new()),
    };
    highball::serve(Api)
        .state(state) //~ here
        .await
}
