use highball::prelude::*;

#[post("/checkout", slo(errors = 1.0))]
async fn checkout() {}

#[routes(app)]
struct Api(checkout);

fn main() {
    let _ = highball::serve(Api).state(());
}
