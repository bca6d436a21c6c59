//~ mistake: axum's habit of an `Arc` around the whole state, `.state(Arc::new(state))`
//~ thing: Arc<AppState>
//~ way: `AppState` itself | .state(state) | without the `Arc` | without `Arc` | leave out the `Arc`
//~ or: compiles
use highball::prelude::*;
use std::sync::Arc;

struct Motd(&'static str);

#[derive(State)]
struct AppState {
    motd: Motd,
}

#[get("/motd")]
async fn motd(motd: State<Motd>) -> &'static str {
    motd.0
}

#[routes(app)]
struct Api(motd);

#[highball::main]
async fn main() -> highball::Result {
    let state = Arc::new(AppState {
        motd: Motd("be kind"),
    });
    highball::serve(Api)
        .state(state) //~ here
        .await
}
