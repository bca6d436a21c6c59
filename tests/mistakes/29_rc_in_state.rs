//~ mistake: a field of the state is an `Rc`, which threads cannot share
//~ thing: Rc<Catalogue>
//~ way: Arc
use highball::prelude::*;
use std::rc::Rc;

struct Catalogue {
    titles: Vec<String>,
}

#[derive(State)]
struct AppState {
    catalogue: Rc<Catalogue>, //~ here
}

#[get("/titles")]
async fn titles(catalogue: State<Rc<Catalogue>>) -> String {
    catalogue.titles.join("\n")
}

#[routes(app)]
struct Api(titles);

#[highball::main]
async fn main() -> highball::Result {
    let catalogue = Rc::new(Catalogue {
        titles: vec!["Emma".to_owned()],
    });
    highball::serve(Api).state(AppState { catalogue }).await
}
