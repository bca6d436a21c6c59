use highball::prelude::*;

struct Inside;

impl<'r> Extract<'r> for Inside {
    type State = ();
    const FACTS: Facts = Facts::ADMIN;

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Inside)
    }
}

#[get("/")]
async fn home() {}

#[get("/metrics")]
async fn metrics(_inside: Inside) {}

#[routes("/internal")]
struct Internal(metrics);

#[routes(app)]
struct Api(home, Internal);

fn main() {}
