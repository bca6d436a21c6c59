use highball::prelude::*;

#[derive(PathFields)]
struct Issue {
    number: u64,
}

#[get("/{repo}/issues/{number}")]
async fn issue(issue: Path<Issue>) -> String {
    issue.number.to_string()
}

#[routes(app)]
struct Api(issue);

fn main() {
    let _ = highball::serve(Api).state(());
}
