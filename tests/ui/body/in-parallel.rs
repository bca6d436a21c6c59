use highball::prelude::*;

#[guard(body)]
fn signed(body: Bytes) -> Result<(), StatusCode> {
    match body.is_empty() {
        true => Err(StatusCode::FORBIDDEN),
        false => Ok(()),
    }
}

#[guard]
fn quota() -> Result<(), StatusCode> {
    Ok(())
}

#[post("/", with(parallel(quota, signed)))]
async fn hook() {}

#[routes(app)]
struct Api(hook);

fn main() {
    let _ = highball::serve(Api).state(());
}
