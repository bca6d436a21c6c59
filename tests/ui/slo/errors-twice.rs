use highball::prelude::*;

#[post("/checkout", slo(errors = 0.05, errors = 0.01))]
async fn checkout() {}

#[routes(app)]
struct Api(checkout);

fn main() {
    let _ = highball::serve(Api).state(());
}
