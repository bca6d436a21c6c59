use highball::prelude::*;

struct Emails;

impl<'r> Extract<'r> for Emails {
    type State = ();
    const FACTS: Facts = Facts::PUBLISHES.and(Facts::named(&[Fact::new("job", "email")]));

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Emails)
    }
}

#[guard]
fn notify(_emails: Emails) -> Result<(), StatusCode> {
    Ok(())
}

#[get("/")]
async fn home() {}

#[routes(app, with(notify), jobs())]
struct Api(home);

fn main() {}
