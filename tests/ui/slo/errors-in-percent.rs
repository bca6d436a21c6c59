use highball::prelude::*;

#[post("/checkout", slo(errors = 5))]
async fn checkout() {}

#[routes(app)]
struct Api(checkout);

fn main() {
    let _ = highball::serve(Api).state(());
}
