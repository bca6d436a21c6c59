use highball::prelude::*;
use highball_session::{Login, Session, SessionData};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, SessionData)]
#[session(key = "user", identity = id)]
struct User {
    id: u64,
}

#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(key = "settings")]
struct Settings {
    dark: bool,
}

#[post("/logout")]
async fn log_out(login: Login<'_, User>) {
    drop(login);
}

#[get("/settings")]
async fn settings(settings: Session<'_, Settings>) {
    drop(settings);
}

pub fn main() {}
