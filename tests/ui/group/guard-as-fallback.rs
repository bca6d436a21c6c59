use highball::prelude::*;

#[guard]
async fn signed_in() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/")]
async fn home() {}

#[routes(app, fallback = signed_in)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
