use highball::prelude::*;

#[get("/{name}")]
async fn home(name: &str) {
    highball::tokio::spawn(async move { name.len() });
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
