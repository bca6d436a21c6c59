use highball::prelude::*;

#[derive(serde::Deserialize)]
struct Search {
    text: String,
}

#[get("/")]
async fn home(search: Option<Query<Search>>) -> String {
    search.map_or_else(String::new, |search| search.0.text)
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
