use highball::{middleware::{Accounts, BasicAuth}, prelude::*};

#[derive(State)]
struct AppState {
    accounts: Accounts,
}

#[get("/")]
async fn home() {}

#[routes(app, with(BasicAuth::realm("the \"shop\"")))]
struct Api(home);

fn main() {
    let accounts = Accounts::new([("zoe", "secret")]);
    let _ = highball::serve(Api).state(AppState { accounts });
}
