use highball::prelude::*;

struct Emails;

impl<'r> Extract<'r> for Emails {
    type State = ();
    const FACTS: Facts = Facts::PUBLISHES.and(Facts::named(&[Fact::new("job", "email")]));

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Emails)
    }
}

#[fallback]
async fn nothing(_emails: Emails) {}

#[get("/")]
async fn home() {}

#[routes(app, fallback = nothing)]
struct Api(home);

fn main() {}
