use highball::{extract::Valid, prelude::*};

#[derive(serde::Deserialize, garde::Validate)]
struct Order {
    #[garde(range(min = 1))]
    id: u64,
}

#[post("/")]
async fn home(order: Valid<Order>) -> String {
    order.0.id.to_string()
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
