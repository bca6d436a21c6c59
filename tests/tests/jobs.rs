//! Apps whose jobs have publishers and consumers, and the map of them.

use std::marker::PhantomData;

use highball::{
    describe::{Consumer, ConsumerInfo, Consumers},
    prelude::*,
};

/// A job, with the facts of what publishes it.
trait Job: Send + Sync + 'static {
    const PUBLISHED: Facts;
}

macro_rules! jobs {
    ($($job:ident $name:literal $ty:literal)*) => {$(
        struct $job;

        impl Job for $job {
            const PUBLISHED: Facts = Facts::WRITES
                .and(Facts::PUBLISHES)
                .and(Facts::named(&[Fact::unique("job", $name, $ty)]));
        }
    )*};
}

jobs! {
    Email "email" "shop::Email"
    Award "award" "shop::Award"
    Report "report" "shop::Report"
    Audit "audit" "shop::Audit"
}

/// Publishes in the transaction of the handler.
struct Outbox<'r, J>(PhantomData<&'r J>);

impl<'r, J: Job> Extract<'r> for Outbox<'r, J> {
    type State = ();
    const FACTS: Facts = J::PUBLISHED;

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self(PhantomData))
    }
}

/// Publishes at once.
struct Queue<'r, J>(PhantomData<&'r J>);

impl<'r, J: Job> Extract<'r> for Queue<'r, J> {
    type State = ();
    const FACTS: Facts = Facts::PUBLISHES_DIRECTLY.and(J::PUBLISHED);

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self(PhantomData))
    }
}

/// Commits when the handler has ended.
struct Tx;

impl<'r> Extract<'r> for Tx {
    type State = ();
    const FACTS: Facts = Facts::WRITES.and(Facts::TRANSACTION);

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

mod consumers {
    #![allow(non_camel_case_types)]

    use super::*;

    macro_rules! consumers {
        ($($name:ident $job:literal $(. $set:ident $args:tt)*,)*) => {$(
            // The list of a `pub` app must not contain a type that is less visible.
            #[allow(unreachable_pub)]
            pub struct $name;

            impl Consumer for $name {
                const INFO: ConsumerInfo =
                    ConsumerInfo::new(stringify!($name), $job, file!(), line!())$(.$set $args)*;
            }
        )*};
    }

    consumers! {
        send_email "email".publishes(&[&Award::PUBLISHED, &Facts::PATH, &Award::PUBLISHED]),
        // Feeds itself, and has another publisher.
        award "award".publishes(&[&Award::PUBLISHED]),
        import "import".from_outside(),
        clean_up "clean_up".scheduled().publishes(&[&Email::PUBLISHED]),
        audit "audit",
    }
}

use consumers::{audit, award, clean_up, send_email};

#[guard]
fn audited(_audit: Result<Outbox<'_, Audit>, Rejection>) -> Result<(), StatusCode> {
    Ok(())
}

#[post("/orders")]
async fn create(_tx: Tx, _email: Outbox<'_, Email>, _again: Outbox<'_, Email>) {}

#[post("/reports", with(audited))]
async fn report(_report: Queue<'_, Report>) {}

#[get("/")]
async fn home(_tx: Tx) {}

#[routes("/shop")]
struct Shop(create, report);

#[routes(
    app,
    jobs(
        send_email,
        award,
        consumers::import,
        clean_up,
        audit,
        elsewhere("report")
    )
)]
struct Api(Shop, home);

/// The names in the type of a list of consumers.
trait Names {
    fn names() -> Vec<&'static str>;
}

impl Names for () {
    fn names() -> Vec<&'static str> {
        Vec::new()
    }
}

impl<C: Consumer, R: Names> Names for (C, R) {
    fn names() -> Vec<&'static str> {
        let mut names = vec![C::INFO.name()];
        names.extend(R::names());
        names
    }
}

fn names_of<A: Consumers<List: Names>>(_: A) -> Vec<&'static str> {
    <A::List as Names>::names()
}

#[test]
fn consumers_are_listed_in_the_order_of_the_source() {
    let expected = ["send_email", "award", "import", "clean_up", "audit"];
    assert_eq!(names_of(Api), expected);
    assert!(Api::INFOS.iter().map(ConsumerInfo::name).eq(expected));
    assert_eq!(Api::ELSEWHERE, ["report"]);
    assert_eq!(Api::INFOS[0].job(), "email");
    assert!(Api::INFOS[0].file().ends_with("jobs.rs") && Api::INFOS[0].line() > 1);
    assert!(Api::INFOS[2].is_from_outside() && Api::INFOS[3].is_scheduled());
}

#[test]
fn consumers_publish_the_jobs_of_their_arguments() {
    let jobs = |idx: usize| Api::INFOS[idx].jobs().collect::<Vec<_>>();
    assert_eq!(jobs(0), ["award"]);
    assert_eq!(jobs(3), ["email"]);
    assert!(jobs(4).is_empty());
}

#[test]
fn routes_publish_the_jobs_of_their_arguments_and_parts() {
    let jobs = Api::ROUTES
        .iter()
        .map(|route| route.jobs().collect::<Vec<_>>());
    let jobs: Vec<_> = jobs.collect();
    assert_eq!(jobs, [vec!["email"], vec!["audit", "report"], vec![]]);
}

#[post("/accepted", dual_write = accepted("a lost mail is sent again by hand"))]
async fn accepted(_tx: Tx, _email: Queue<'_, Email>) {}

#[post("/orders")]
async fn both(_tx: Tx, _email: Queue<'_, Email>) {}

#[routes("/group", dual_write = accepted("these mails are not important"))]
struct Group(both);

#[routes(app, jobs(send_email, award))]
struct DualWrites(accepted, Group);

#[test]
fn a_route_or_its_group_can_accept_a_dual_write() {
    assert_eq!(DualWrites::ROUTES.len(), 2);
    assert!(
        DualWrites::ROUTES
            .iter()
            .all(|route| route.jobs().eq(["email"]))
    );
}

#[routes(app, jobs())]
struct Empty(home);

#[test]
fn an_app_can_list_no_consumers() {
    assert!(Empty::INFOS.is_empty() && Empty::ELSEWHERE.is_empty());
    assert!(names_of(Empty).is_empty());
}

#[routes(app, jobs(super::send_email, super::award))]
mod listed_in_a_module {
    use super::*;

    #[post("/orders")]
    async fn create(_email: Outbox<'_, Email>) {}
}

struct Office;

#[routes(app, jobs(send_email, award))]
impl Office {
    #[post("/orders")]
    async fn create(&self, _email: Outbox<'_, Email>) {}
}

#[test]
fn modules_and_impl_blocks_can_list_consumers() {
    assert_eq!(listed_in_a_module::Routes::INFOS.len(), 2);
    assert_eq!(Office::INFOS[1].name(), "award");
}
