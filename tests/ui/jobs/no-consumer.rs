#![allow(non_camel_case_types)]

use highball::{
    describe::{Consumer, ConsumerInfo},
    prelude::*,
};

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

#[get("/")]
async fn home() {}

struct award;

impl Consumer for award {
    const INFO: ConsumerInfo = ConsumerInfo::new("award", "award", "src/mail.rs", 9).scheduled();
}

#[routes(app, jobs(award))]
struct Api(home, create);

fn main() {}
