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

// These read the query of a GET.
#[get("/forms")]
async fn forms(form: Form<Filter>, again: Result<Form<Filter>, Rejection>) -> String {
    again.map_or(form.0.tag, |again| again.0.tag)
}

#[routes(app)]
struct Api(search, forms);

fn main() {
    let _ = highball::serve(Api);
}
