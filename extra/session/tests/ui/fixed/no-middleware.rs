use highball::prelude::*;
use highball_session::{Session, SessionData, Sessions, sessions};
use serde::{Deserialize, Serialize};

#[derive(State)]
struct AppState {
    sessions: Sessions,
}

#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(key = "cart")]
struct Cart {
    items: Vec<u64>,
}

#[derive(Serialize, Deserialize, SessionData)]
#[session(key = "user", identity = id)]
struct User {
    id: u64,
    name: String,
}

#[get("/cart")]
async fn cart(cart: Session<'_, Cart>) -> Json<Vec<u64>> {
    Json(cart.items.clone())
}

#[get("/hello")]
async fn hello(user: Option<Session<'_, User>>) -> String {
    user.map_or("hello".to_owned(), |user| format!("hello {}", user.name))
}

#[routes(app, with(sessions))]
struct Api(cart, hello);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
