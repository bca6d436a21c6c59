use highball::prelude::*;

#[post("/checkout")]
async fn checkout() {}

#[routes(app, slo(errors = 0.05))]
struct Api(checkout);

fn main() {
    let _ = highball::serve(Api).state(());
}
