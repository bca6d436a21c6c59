use highball::prelude::*;
use highball_alerts::{Alerts, rules};

#[get("/list")]
async fn list() {}

#[routes("/a")]
struct First(list);

#[routes("/b")]
struct Second(list);

#[routes(app)]
struct Api(First, Second);

pub(crate) fn main() {
    let _ = Alerts::new("shop").with(rules![Api;
        page("list_slow", p99(list) > millis(500), via = First),
    ]);
}
