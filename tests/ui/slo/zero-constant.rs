use highball::prelude::*;

const LIMIT: std::time::Duration = std::time::Duration::ZERO;

#[post("/checkout", slo(p99 = LIMIT))]
async fn checkout() {}

#[routes(app)]
struct Api(checkout);

fn main() {
    let _ = highball::serve(Api).state(());
}
