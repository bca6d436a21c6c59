use highball::{middleware::Csrf, prelude::*};
use highball_session::{Session, SessionData, SessionError, Sessions, sessions};
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

#[post("/login/{id}")]
async fn log_in(id: u64, mut user: Session<'_, User>) -> Result<(), SessionError> {
    user.update(|user| user.id = id).await
}

#[routes(app, with(Csrf::new(), sessions))]
struct Api(log_in);

fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
