use highball::prelude::*;

#[derive(PathFields)]
struct Issue {
    repo: String,
    number: u64,
}

#[get("/{repo}/issues")]
async fn issue(issue: Path<Issue>) -> String {
    format!("{}{}", issue.repo, issue.number)
}

#[routes(app)]
struct Api(issue);

fn main() {
    let _ = highball::serve(Api).state(());
}
