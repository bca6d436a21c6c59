use highball::prelude::*;
use highball_openapi::Document;

#[derive(serde::Serialize, schemars::JsonSchema)]
struct Order {
    id: u64,
}

#[routes("/orders")]
mod orders {
    use super::*;

    #[post("/")]
    async fn create() -> Created<Json<Order>> {
        Created::new(Json(Order { id: 7 }))
    }
}

#[routes(app)]
struct Api(orders::Routes);

pub fn main() {
    let _ = Document::strict::<Api>("Orders", "1.0.0");
}
