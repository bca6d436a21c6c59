use highball::{cookie::Cookies, prelude::*};

#[post("/theme")]
async fn theme(_cookies: Cookies<'_>) {}

#[routes("/settings", csrf = strict)]
struct Settings(theme);

#[routes(app)]
struct Api(Settings);

fn main() {}
