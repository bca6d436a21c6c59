use std::borrow::Cow;

use highball::prelude::*;

#[get("/half/{number}")]
async fn half(number: u32) -> Result<String, String> {
    Err(format!("{number} is odd"))
}

#[get("/nothing")]
async fn nothing() -> Result<String, ()> {
    Err(())
}

#[guard]
fn guard() -> Result<(), Cow<'static, str>> {
    Err(Cow::Borrowed("no"))
}

// A status makes it an error.
#[get("/fine")]
async fn fine() -> Result<String, (StatusCode, String)> {
    Ok(String::new())
}

#[routes(app)]
struct Api(half, nothing, fine);

fn main() {}
//~ mistakes: 3
