use highball::prelude::*;
use highball_session::{Session, SessionData, Sessions, sessions};
use serde::{Deserialize, Serialize};

#[derive(State)]
struct AppState {
    sessions: Sessions,
}

#[derive(Serialize, Deserialize, SessionData)]
#[session(key = "user", identity = id)]
struct User {
    id: u64,
    name: String,
}

#[guard]
fn signed_in(_user: Session<'_, User>) -> Result<(), Rejection> {
    Ok(())
}

#[get("/hello")]
async fn hello() {}

#[routes(app, with(sessions, signed_in))]
struct Api(hello);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
