use highball::prelude::*;

#[post("/checkout", slo(p99 = millis(0)))]
async fn checkout() {}

#[routes(app)]
struct Api(checkout);

fn main() {
    let _ = highball::serve(Api).state(());
}
