use highball::prelude::*;

#[guard(body)]
fn signed(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("x-signature") {
        Some(_) => Ok(()),
        None => Err(StatusCode::FORBIDDEN),
    }
}

#[post("/", with(signed))]
async fn hook() {}

#[routes(app)]
struct Api(hook);

fn main() {
    let _ = highball::serve(Api).state(());
}
