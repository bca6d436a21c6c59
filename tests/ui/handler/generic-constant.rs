use highball::prelude::*;

#[get("/")]
async fn home<const N: usize>() {}

#[routes(app)]
struct Api(home<3>);

fn main() {
    let _ = highball::serve(Api).state(());
}
