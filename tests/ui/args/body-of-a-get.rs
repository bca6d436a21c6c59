use highball::prelude::*;

#[derive(serde::Deserialize)]
struct Filter {
    tag: String,
}

#[get("/articles")]
async fn search(filter: Json<Filter>) -> String {
    filter.0.tag
}

// Only GET and HEAD have no body.
#[route("/articles", methods = [GET, POST])]
async fn search_or_create(filter: Json<Filter>) -> String {
    filter.0.tag
}

#[routes(app)]
struct Api(search);

fn main() {
    let _ = highball::serve(Api);
}
