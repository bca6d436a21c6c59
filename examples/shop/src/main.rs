//! A shop with logins, roles and a plan for too many customers: `cargo run -p shop`.

use shop::{Api, AppState, capacity};

#[highball::main]
async fn main() -> highball::Result {
    let state = AppState::with_accounts()?;
    highball::serve(Api).state(state).capacity(capacity()).await
}
