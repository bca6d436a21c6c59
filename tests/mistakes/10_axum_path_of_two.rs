//~ mistake: axum's pattern for two path parameters, `Path((owner, number)): Path<(String, u64)>`
//~ thing: Path<(String, u64)>
//~ way: owner: String
//~ or: compiles
use highball::prelude::*;

#[get("/{owner}/issues/{number}")]
async fn issue(Path((owner, number)): Path<(String, u64)>) -> String {
    //~^ here
    format!("issue {number} of {owner}")
}

#[routes(app)]
struct Api(issue);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
