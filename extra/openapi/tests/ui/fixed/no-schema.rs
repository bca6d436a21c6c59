use highball::prelude::*;
use highball_openapi::Document;

#[derive(serde::Serialize, schemars::JsonSchema)]
struct User {
    id: u64,
}

#[get("/users/{id}")]
async fn show(id: u64) -> Option<Json<User>> {
    Some(Json(User { id }))
}

#[routes(app)]
struct Api(show);

pub fn main() {
    let _ = Document::of::<Api>("Users", "1.0.0");
}
