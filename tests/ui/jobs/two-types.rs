#![allow(non_camel_case_types)]

use highball::{
    describe::{Consumer, ConsumerInfo},
    prelude::*,
};

struct Emails;
struct Letters;

impl<'r> Extract<'r> for Emails {
    type State = ();
    const FACTS: Facts =
        Facts::PUBLISHES.and(Facts::named(&[Fact::unique("job", "email", "shop::Email")]));

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Emails)
    }
}

impl<'r> Extract<'r> for Letters {
    type State = ();
    const FACTS: Facts =
        Facts::PUBLISHES.and(Facts::named(&[Fact::unique("job", "email", "mail::Letter")]));

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Letters)
    }
}

#[post("/orders")]
async fn create(_emails: Emails) {}

#[post("/letters")]
async fn write(_letters: Letters) {}

struct send_email;

impl Consumer for send_email {
    const INFO: ConsumerInfo = ConsumerInfo::new("send_email", "email", "src/mail.rs", 4);
}

#[routes(app, jobs(send_email))]
struct Api(create, write);

fn main() {}
