use highball::prelude::*;
use highball_session::{Login, Session, SessionData};
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(key = "cart")]
struct Cart {
    items: Vec<u64>,
}

#[derive(Serialize, Deserialize)]
struct Settings {
    dark: bool,
}

#[post("/logout")]
async fn log_out(login: Login<'_, Cart>) {
    drop(login);
}

#[get("/settings")]
async fn settings(settings: Session<'_, Settings>) {
    drop(settings);
}

fn main() {}
