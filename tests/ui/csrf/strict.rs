use highball::{cookie::Cookies, prelude::*};

struct Visitor;

impl<'r> Extract<'r> for Visitor {
    type State = ();

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Visitor)
    }
}

#[post("/visit")]
async fn visit(_visitor: Visitor) {}

#[post("/theme")]
async fn theme(_cookies: Cookies<'_>) {}

#[post("/log")]
async fn log(_cx: &Context<'_>) {}

#[post("/note")]
async fn note(_text: String) {}

#[routes(app, csrf = strict)]
struct Api(visit, theme, log, note);

fn main() {}
