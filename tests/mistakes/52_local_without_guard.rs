//~ mistake: a handler takes the value of a guard that is not around its route
//~ thing: Account
//~ way: with(signed_in) | with(..)
use highball::prelude::*;

#[derive(Local)]
struct Account {
    id: u64,
}

#[guard]
async fn signed_in(token: Bearer) -> Result<Account, StatusCode> {
    match token.token() {
        "secret" => Ok(Account { id: 7 }),
        _ => Err(StatusCode::FORBIDDEN),
    }
}

#[get("/balance", with(signed_in))]
async fn balance(account: Local<'_, Account>) -> String {
    format!("balance of {}", account.id)
}

#[get("/settings")]
async fn settings(account: Local<'_, Account>) -> String {
    //~^ here
    format!("settings of {}", account.id)
}

#[routes(app)]
struct Api(
    balance,
    settings, //~ here
);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
