use highball::prelude::*;

#[get("/")]
async fn home() {}

fn page(rejection: Rejection) -> String {
    rejection.to_string()
}

#[routes(app, rejection = page)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
