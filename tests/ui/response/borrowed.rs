#![allow(unused)]

use highball::prelude::*;

#[get("/agent")]
async fn agent(cx: &Context<'_>, headers: &HeaderMap) -> &str {
    if headers.is_empty() {
        return "none";
    }
    cx.header("user-agent").unwrap_or("unknown")
}

#[get("/motto")]
fn motto() -> &str {
    "stay curious"
}

#[get("/host")]
async fn host(headers: &HeaderMap) -> Result<&str, (StatusCode, &[u8])> {
    Err((StatusCode::NOT_FOUND, headers["host"].as_bytes()))
}

#[get("/echo/{word}")]
async fn echo<'a>(word: &'a str) -> &'a str {
    word
}

struct Pages(String);

#[routes("/pages")]
impl Pages {
    #[get("/title")]
    async fn title(&self) -> &str {
        &self.0
    }
}

#[routes(app)]
struct Api(agent, motto, host, echo, Pages);

fn main() {
    let _ = highball::serve(Api);
}
//~ mistakes: 6
