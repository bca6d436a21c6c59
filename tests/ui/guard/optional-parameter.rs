use highball::prelude::*;

#[guard]
fn member(#[param] org: Option<u64>) -> Result<(), Rejection> {
    let _ = org;
    Ok(())
}

#[get("/orgs/{org}", with(member))]
async fn show(org: u64) -> String {
    org.to_string()
}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
