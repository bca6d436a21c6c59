use highball::{middleware::Csrf, prelude::*};
use highball_session::{Session, SessionData, Sessions, sessions};
use serde::{Deserialize, Serialize};

#[derive(State)]
struct AppState {
    sessions: Sessions,
}

#[derive(Serialize, Deserialize, SessionData)]
#[session(key = "user", identity = name)]
struct User {
    name: String,
}

#[get("/me")]
async fn me(user: Session<'_, User>) -> String {
    user.name.clone()
}

#[fallback]
async fn missing() -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, "there is no such page".to_owned())
}

#[routes(app, fallback = missing, with(Csrf::new(), sessions))]
struct Api(me);

pub fn main() {
    let _ = |state: AppState| highball::serve(Api).state(state);
}
