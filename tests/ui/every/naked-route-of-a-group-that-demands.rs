use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

#[guard]
fn staff(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("x-staff") {
        Some(_) => Ok(()),
        None => Err(StatusCode::FORBIDDEN),
    }
}

#[get("/users", with(signed_in))]
async fn users() {}

#[get("/stats", with(staff))]
async fn stats() {}

#[routes("/admin", every(staff))]
struct Admin(users, stats);

#[routes(app, every(signed_in | staff))]
struct Api(Admin);

fn main() {}
