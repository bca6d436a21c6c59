use highball::prelude::*;

struct Visitor;

impl<'r> Extract<'r> for Visitor {
    type State = ();

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Visitor)
    }
}

#[post("/visit")]
async fn visit(_visitor: Visitor) {}

#[post("/note")]
async fn note(_text: String) {}

#[routes(app, csrf = strict)]
struct Api(visit, note);

fn main() {}
