use highball::prelude::*;

struct Issue {
    repo: String,
}

#[get("/{repo}/issues")]
async fn issue(issue: Path<Issue>) -> String {
    issue.0.repo
}

#[routes(app)]
struct Api(issue);

fn main() {
    let _ = highball::serve(Api).state(());
}
