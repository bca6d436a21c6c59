use highball::prelude::*;

#[post("/checkout", slo(p98 = millis(500)))]
async fn checkout() {}

#[routes(app)]
struct Api(checkout);

fn main() {
    let _ = highball::serve(Api).state(());
}
