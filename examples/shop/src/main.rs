//! A shop with logins, roles and overload protection. Run it with `cargo run -p shop`.

use shop::{Api, AppState, capacity};

#[highball::main]
async fn main() -> highball::Result {
    let state = AppState::with_accounts()?;
    highball::serve(Api).state(state).capacity(capacity()).await
}
