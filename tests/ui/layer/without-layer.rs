use highball::prelude::*;

#[guard]
fn quota() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(quota, layer()))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
