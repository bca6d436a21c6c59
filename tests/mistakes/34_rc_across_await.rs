//~ mistake: an `Rc` is alive at an `.await`
//~ thing: Rc<
//~ way: Arc
use highball::prelude::*;
use std::{rc::Rc, time::Duration};

async fn tick() {
    highball::tokio::time::sleep(Duration::from_millis(5)).await;
}

#[get("/words/{text}")]
async fn words(text: String) -> String {
    let words: Rc<[String]> = text.split('-').map(str::to_owned).collect(); //~ here
    tick().await; //~ here
    words.len().to_string()
}

#[routes(app)]
struct Api(words);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
