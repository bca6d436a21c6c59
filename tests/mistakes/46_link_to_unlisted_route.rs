//~ mistake: `url!` names a handler that the app does not list
//~ thing: invoice
//~ way: list it | struct Api(
use highball::prelude::*;

#[get("/invoices/{number}")]
async fn invoice(number: u64) -> String {
    format!("invoice {number}")
}

#[post("/orders/{number}/pay")]
async fn pay(number: u64) -> Redirect {
    println!("order {number} is paid");
    Redirect::to(url!(Api, invoice(number))) //~ here
}

#[routes(app)]
struct Api(pay);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
