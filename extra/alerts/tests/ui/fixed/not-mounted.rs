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
        page("lost_slow", p99(lost) > millis(500), for = mins(2)),
    ]);
}
