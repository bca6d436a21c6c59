use highball::prelude::*;

#[get("/")]
async fn home() -> String {
    let name = ;
    name
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
