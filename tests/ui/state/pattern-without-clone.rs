use highball::prelude::*;

struct Db {
    name: String,
}

#[derive(State)]
struct AppState {
    db: Db,
}

#[get("/")]
async fn home(State(db): State<Db>) -> String {
    db.name
}

#[routes(app)]
struct Api(home);

fn main() {
    let db = Db { name: String::new() };
    let _ = highball::serve(Api).state(AppState { db });
}
