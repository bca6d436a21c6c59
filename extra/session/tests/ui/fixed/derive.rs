use highball_session::SessionData;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(key = "open_cart")]
struct OpenCart {
    items: Vec<u64>,
}

#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(key = "my-cart", version = 2)]
struct Cart {
    items: Vec<u64>,
}

#[derive(Serialize, Deserialize, SessionData)]
#[session(key = "user", identity = name)]
struct User {
    name: String,
}

#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(key = "list")]
struct List {
    items: Vec<String>,
}

pub fn main() {}
