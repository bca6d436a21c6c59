use highball::prelude::*;

struct Emails;

impl<'r> Extract<'r> for Emails {
    type State = ();
    const FACTS: Facts = Facts::PUBLISHES.and(Facts::named(&[Fact::new("job", "email")]));

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Emails)
    }
}

#[post("/orders")]
async fn create(_emails: Emails) {}

#[routes(app, jobs(elsewhere("emial")))]
struct Api(create);

fn main() {}
