//~ mistake: a handler is in no list
//~ thing: archive
//~ way: struct Api( | list it | in no group | `#[routes]`
//~ level: warning
use highball::prelude::*;

#[get("/mail")]
async fn inbox() -> &'static str {
    "no mail"
}

#[post("/mail/{id}/archive")] //~ here
async fn archive(id: u64) -> String {
    //~^ here
    format!("mail {id} is archived")
}

#[routes(app)]
struct Api(inbox);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
