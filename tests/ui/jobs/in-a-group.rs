use highball::prelude::*;

struct Emails;

impl<'r> Extract<'r> for Emails {
    type State = ();
    const FACTS: Facts = Facts::PUBLISHES.and(Facts::named(&[Fact::new("job", "email")]));

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Emails)
    }
}

mod shop {
    use super::*;

    #[get("/list")]
    async fn list() {}

    #[put("/orders/{id}")]
    async fn change(id: u64, _emails: Emails) {
        drop(id);
    }

    #[routes("/shop")]
    pub struct Routes(list, change);
}

#[get("/")]
async fn home() {}

#[routes(app, jobs())]
struct Api(home, shop::Routes);

fn main() {}
