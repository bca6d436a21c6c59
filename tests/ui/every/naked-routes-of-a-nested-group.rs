use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[get("/", with(signed_in))]
async fn list() {}

#[get("/{id}")]
async fn show(id: u64) -> String {
    id.to_string()
}

#[delete("/{id}")]
async fn remove(id: u64) -> String {
    id.to_string()
}

#[put("/{id}")]
async fn change(id: u64) -> String {
    id.to_string()
}

#[routes("/orders")]
struct Orders(list, show, remove, change);

#[routes("/cart", with(signed_in))]
struct Cart(list);

#[routes(app, every(signed_in))]
struct Api(Orders, Cart);

fn main() {}
