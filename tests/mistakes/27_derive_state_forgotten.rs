//~ mistake: the struct that is given to `.state(..)` does not derive `State`
//~ thing: AppState
//~ way: #[derive(State)]
use highball::prelude::*;
use std::sync::Mutex;

#[derive(Default)]
struct Basket(Mutex<Vec<u64>>);

#[derive(Default)]
struct AppState {
    //~^ here
    basket: Basket,
}

#[post("/basket/{article}")]
async fn add(article: u64, basket: State<Basket>) -> String {
    let mut articles = basket.0.lock().unwrap();
    articles.push(article);
    articles.len().to_string()
}

#[routes(app)]
struct Api(add);

#[highball::main]
async fn main() -> highball::Result {
    let state = AppState::default();
    println!("{} articles", state.basket.0.lock().unwrap().len());
    highball::serve(Api)
        .state(state) //~ here
        .await
}
