use highball::prelude::*;

type Text = String;

#[route("/search", methods = [GET, HEAD])]
async fn search(q: Text) -> String {
    q
}

#[get("/old", body)]
async fn insists(q: Text) -> String {
    q
}

#[delete("/search")]
async fn forget(q: Text) -> String {
    q
}

#[routes(app)]
struct Api(search, insists, forget);

fn main() {
    let _ = highball::serve(Api);
}
