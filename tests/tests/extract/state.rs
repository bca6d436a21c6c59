//! The app state: what a struct provides, and how handlers take it.

use std::sync::Arc;

use highball::{extract::Provide, prelude::*};

trait Clock: Send + Sync {
    fn now(&self) -> u64;
}

struct Fixed(u64);

impl Clock for Fixed {
    fn now(&self) -> u64 {
        self.0
    }
}

struct Keys<T>(Vec<T>);

#[derive(State)]
struct AppState {
    clock: Arc<dyn Clock>,
    name: String,
    keys: Keys<u8>,
}

// The struct derives `State`, and provides more than its fields.
impl Provide<dyn Clock> for AppState {
    fn provide(&self) -> &(dyn Clock + 'static) {
        &*self.clock
    }
}

impl Provide<Vec<u8>> for AppState {
    fn provide(&self) -> &Vec<u8> {
        &self.keys.0
    }
}

#[get("/fields")]
async fn fields(
    clock: State<Arc<dyn Clock>>,
    name: State<String>,
    keys: State<Keys<u8>>,
) -> String {
    format!("{} {} {}", clock.now(), *name, keys.0.len())
}

#[get("/others")]
async fn others(keys: State<Vec<u8>>, all: State<AppState>, none: State<()>) -> String {
    let () = *none;
    format!("{} {}", keys.len(), all.name)
}

#[derive(State)]
struct Generic<T: Send + Sync + 'static> {
    keys: Keys<T>,
}

#[get("/generic")]
async fn generic(keys: State<Keys<u16>>) -> String {
    keys.0.len().to_string()
}

#[routes(app)]
struct Api(fields, others);

#[routes(app)]
struct OfGeneric(generic);

fn state() -> AppState {
    AppState {
        clock: Arc::new(Fixed(7)),
        name: "shop".to_owned(),
        keys: Keys(vec![1, 2]),
    }
}

#[tokio::test]
async fn a_struct_provides_its_fields_and_what_it_implements() {
    for (path, expected) in [("/fields", "7 shop 2"), ("/others", "2 shop")] {
        let response = Api.test().state(state()).get(path).send().await;
        assert_eq!(response.text(), expected);
    }
    let state = state();
    let clock: &dyn Clock = state.provide();
    assert_eq!(clock.now(), 7);
}

#[tokio::test]
async fn a_generic_struct_provides_its_fields() {
    let keys = Keys(vec![3_u16]);
    let client = OfGeneric.test().state(Generic { keys });
    assert_eq!(client.get("/generic").send().await.text(), "1");
}
