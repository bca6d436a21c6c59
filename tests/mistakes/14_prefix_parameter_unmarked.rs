//~ mistake: the argument for a parameter of the group's prefix lacks `#[param]`
//~ thing: org
//~ way: #[param] org: u32
use highball::prelude::*;

#[get("/members/{name}")]
async fn member(org: u32, name: &str) -> String {
    //~^ here
    format!("{name} of organisation {org}")
}

#[routes("/orgs/{org}")]
struct Orgs(member);

#[routes(app)]
struct Api(Orgs);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
