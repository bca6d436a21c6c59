use highball::{middleware::Csrf, prelude::*};
use highball_session::{Session, SessionData, SessionError, Sessions, sessions};
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

#[post("/cart/{id}")]
async fn add(id: u64, mut cart: Session<'_, Cart>) -> Result<(), SessionError> {
    cart.update(|cart| cart.items.push(id)).await
}

#[routes(app, with(Csrf::new(), sessions))]
struct Api(add);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
