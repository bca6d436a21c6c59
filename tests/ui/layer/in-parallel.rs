use highball::prelude::*;

#[guard]
fn quota() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(parallel(quota, layer(5))))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
