use highball::prelude::*;
use highball_openapi::Document;

#[derive(serde::Serialize, schemars::JsonSchema)]
struct Order {
    id: u64,
}

#[post("/orders", answers(201 => Json<Order>))]
async fn create() -> Response {
    (StatusCode::CREATED, Json(Order { id: 7 })).into_response()
}

#[routes(app)]
struct Api(create);

pub fn main() {
    let _ = Document::strict::<Api>("Orders", "1.0.0");
}
