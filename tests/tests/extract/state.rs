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

#[derive(Local)]
struct Visitor {
    name: String,
}

#[guard]
async fn visitor(State(name): State<String>) -> Result<Visitor, Rejection> {
    Ok(Visitor { name })
}

#[middleware]
async fn tagged(cx: &mut Context<'_>, next: impl Next, State(name): State<String>) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("x-name", name);
    response
}

struct Longer(usize);

#[guard]
impl Longer {
    async fn check(&self, State(name): State<String>) -> Result<(), Rejection> {
        match name.len() > self.0 {
            true => Ok(()),
            false => Err(Rejection::internal()),
        }
    }
}

#[get("/patterns", with(visitor, tagged, Longer(2)))]
async fn patterns(
    State(mut name): State<String>,
    State(_): State<Keys<u8>>,
    Local(visitor): Local<Visitor>,
    again: Option<Local<Visitor>>,
) -> String {
    #![allow(clippy::items_after_statements)]
    name.push('!');
    format!("{name} {} {}", visitor.name, again.is_some())
}

struct Users;

#[routes]
impl Users {
    #[get("/method", with(visitor))]
    async fn method(State(name): State<String>, Local(visitor): Local<Visitor>) -> String {
        format!("{name} {}", visitor.name)
    }
}

#[routes(app)]
struct Api(fields, others, patterns, Users);

#[routes(app)]
struct OfGeneric(generic);

fn state() -> AppState {
    AppState {
        clock: Arc::new(Fixed(7)),
        name: "shop".to_owned(),
        keys: Keys(vec![1, 2]),
    }
}

async fn check(path: &str, expected: &str) {
    let response = Api.test().state(state()).get(path).send().await;
    assert_eq!(response.text(), expected);
}

#[tokio::test]
async fn patterns_bind_a_clone_of_the_state_and_a_reference_to_the_local() {
    check("/patterns", "shop! shop true").await;
    check("/method", "shop shop").await;
}

#[tokio::test]
async fn a_handler_with_patterns_is_called_directly() {
    let visitor = Visitor {
        name: "ada".to_owned(),
    };
    let name = State::new("shop".to_owned());
    let response = Users::method(name, Local::new(&visitor)).await;
    assert_eq!(response, "shop ada");
}

#[tokio::test]
async fn a_struct_provides_its_fields_and_what_it_implements() {
    check("/fields", "7 shop 2").await;
    check("/others", "2 shop").await;
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
