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

struct send_email;

impl Consumer for send_email {
    const INFO: ConsumerInfo = ConsumerInfo::new("send_email", "email", "src/mail.rs", 4);
}

#[routes(app, jobs(send_email, elsewhere("mail")))]
struct Api(create);

fn main() {}
