use highball::prelude::*;
use highball_alerts::{Alerts, rules};

#[post("/checkout", slo(p99 = millis(400)))]
async fn checkout() {}

#[get("/lost")]
async fn lost() {}

#[routes(app)]
struct Api(checkout, lost);

pub(crate) fn main() {
    let _ = Alerts::new("shop").with(rules![Api;
        page("a", cpu() > 0.5), ticket("b", capacity() > 0.5),
    ]);
}
