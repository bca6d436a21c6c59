//~ mistake: a generic handler is listed without its type
//~ thing: count
//~ way: count<
use highball::prelude::*;

trait Store: Send + Sync + 'static {
    fn len(&self) -> usize;
}

struct Memory(Vec<String>);

impl Store for Memory {
    fn len(&self) -> usize {
        self.0.len()
    }
}

#[derive(State)]
struct AppState {
    store: Memory,
}

#[get("/count")]
async fn count<T: Store>(store: State<T>) -> String {
    store.len().to_string()
}

#[routes(app)]
struct Api(count); //~ here

#[highball::main]
async fn main() -> highball::Result {
    let store = Memory(vec!["first".to_owned()]);
    highball::serve(Api).state(AppState { store }).await
}
