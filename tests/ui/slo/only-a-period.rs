use highball::prelude::*;

#[post("/checkout", slo(period = days(30)))]
async fn checkout() {}

#[routes(app)]
struct Api(checkout);

fn main() {
    let _ = highball::serve(Api).state(());
}
