//~ mistake: the error of a handler is a `String`, which has no status
//~ thing: String
//~ way: (StatusCode, String)
use highball::prelude::*;

#[get("/half/{number}")]
async fn half(number: u32) -> Result<String, String> {
    //~^ here
    if number % 2 == 1 {
        return Err(format!("{number} is odd"));
    }
    Ok((number / 2).to_string())
}

#[routes(app)]
struct Api(half);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
