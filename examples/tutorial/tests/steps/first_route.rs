use highball::prelude::*;

/// Describes the service in one line.
#[get("/")]
fn home() -> &'static str {
    "short names for long addresses\n"
}

/// The routes of the app.
#[routes(app)]
struct Api(home);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}

serve_step!();
