use highball::prelude::*;

#[guard]
fn quota() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(when(true, when(true, quota))))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
