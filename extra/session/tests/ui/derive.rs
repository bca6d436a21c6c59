use highball_session::SessionData;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize, SessionData)]
struct OpenCart {
    items: Vec<u64>,
}

#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(key = "my cart", versoin = 2)]
struct Cart {
    items: Vec<u64>,
}

#[derive(Serialize, Deserialize, SessionData)]
#[session(key = "user", identity = naem)]
struct User {
    name: String,
}

#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(key = "list")]
struct List<T> {
    items: Vec<T>,
}

fn main() {}
