//~ mistake: the error of a handler is a `Box<dyn Error>`
//~ thing: Box<dyn | Box<(dyn
//~ way: highball::Result
use highball::prelude::*;
use std::error::Error;

#[get("/config")]
async fn config(cx: &Context<'_>) -> Result<String, Box<dyn Error + Send + Sync>> {
    //~^ here
    let text = std::fs::read_to_string("config.toml")?;
    Ok(format!("{}: {text}", cx.path()))
}

#[routes(app)]
struct Api(config);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
