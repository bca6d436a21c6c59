use highball::{extract::Valid, prelude::*};

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[post("/")]
async fn home(order: Valid<Json<Order>>) -> String {
    order.id.to_string()
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
