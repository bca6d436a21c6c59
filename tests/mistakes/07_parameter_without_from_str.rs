//~ mistake: the type of a path parameter does not implement `FromStr`
//~ thing: OrderId
//~ way: FromStr
use highball::prelude::*;

#[derive(Debug, Clone, Copy)]
struct OrderId(u64);

#[get("/orders/{id}")]
async fn order(id: OrderId) -> String {
    //~^ here
    format!("order {}", id.0)
}

#[routes(app)]
struct Api(order);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
