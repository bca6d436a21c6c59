use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes]
struct Api(home);

fn main() {
    let _ = Api.service(());
}
