use highball::prelude::*;

#[guard(priority = critical)]
fn login() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(login))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
