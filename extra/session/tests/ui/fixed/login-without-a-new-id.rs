use highball::{middleware::Csrf, prelude::*};
use highball_session::{Login, SessionData, SessionError, Sessions, sessions};
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
async fn log_in(id: u64, user: Login<'_, User>) -> Result<(), SessionError> {
    let name = "zoe".to_owned();
    user.begin(User { id, name }).await
}

#[routes(app, with(Csrf::new(), sessions))]
struct Api(log_in);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
