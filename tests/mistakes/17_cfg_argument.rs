//~ mistake: an argument exists only in some builds, by `#[cfg(..)]`
//~ thing: cfg
//~ way: on the function | on the whole function | two functions
//~ or: compiles
use highball::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Options {
    colour: String,
}

#[get("/chart")]
async fn chart(
    options: Query<Options>,
    #[cfg(windows)] headers: &HeaderMap, //~ here
) -> String {
    #[cfg(windows)]
    println!("{} headers", headers.len());
    format!("a {} chart", options.colour)
}

#[routes(app)]
struct Api(chart);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
