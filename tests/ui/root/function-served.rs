use highball::prelude::*;

#[get("/")]
async fn home() {}

fn main() {
    let _ = highball::serve(home).state(());
}
