//~ mistake: a cookie is set on `&Context`
//~ thing: cx
//~ way: &mut Context<'_>
use highball::{cookie::Cookie, prelude::*};

#[post("/theme/{name}")]
async fn theme(name: String, cx: &Context<'_>) -> NoContent {
    cx.set_cookie(Cookie::new("theme", name)); //~ here
    NoContent
}

#[routes(app)]
struct Api(theme);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
