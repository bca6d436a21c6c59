use highball::prelude::*;

#[post("/log")]
async fn log(_cx: &Context<'_>) {}

#[routes(app, csrf = strict)]
struct Api(log);

fn main() {}
