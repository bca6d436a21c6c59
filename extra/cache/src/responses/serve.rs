//! A request to a cached route: a stored response, a computation, or a wait for one.

use std::sync::Arc;

use highball::{
    Context, Next, Rejection, Response,
    http::{Method, StatusCode, header},
    response::IntoResponse as _,
};
use tokio::sync::oneshot;

use super::{
    ResponseCache,
    cache::{Kept, Outcome, RoutePlan},
    compute::{Failure, Job, Recipe},
    option::cached,
    plan::Key,
    reply::{Found, Outward, mark, reply},
};
use crate::{
    enter::Entered,
    entry::Entry,
    error::LoadError,
    flight::{Follow, Followed, Lead},
    shared::Shared,
    stats::Event,
};

/// Responds to a request. `client` is the client of a private route.
pub(crate) async fn serve<K>(
    option: &cached<K>,
    responses: &ResponseCache,
    cx: &mut Context<'_>,
    client: Option<String>,
    next: impl Next,
) -> Response {
    let (Some(route), &Method::GET | &Method::HEAD) = (cx.route(), cx.method()) else {
        return next.run(cx).await;
    };
    let plan = responses.plan(route, option.named_headers());
    let query = plan.plan.query(cx.uri().query().unwrap_or_default());
    let tags = option.tags_of(cx, plan.plan.params());
    let key = plan.plan.key(cx, client.as_deref(), &query, tags);
    let request = Request {
        option,
        shared: &responses.responses().shared,
        outward: Outward {
            is_private: client.is_some() || plan.plan.is_guarded,
            is_keyed: client.is_some(),
            client: option.time_of_client(),
        },
        plan,
        query,
    };
    request.shared.follow_clock(cx.clock());
    request.run(key, cx, next).await
}

struct Request<'a, K> {
    option: &'a cached<K>,
    shared: &'a Arc<Shared<Key, Kept>>,
    plan: Arc<RoutePlan>,
    /// The part of the query that the handler may read.
    query: String,
    outward: Outward,
}

/// The most computations at a time. More requests run the handler themselves, which ends with them.
const MOST_COMPUTATIONS: usize = 1_000;

/// A response for one request only, if the computation has one.
type Own = oneshot::Receiver<Response>;

impl<K> Request<'_, K> {
    async fn run(&self, key: Key, cx: &mut Context<'_>, next: impl Next) -> Response {
        let seen = self.shared.arrive();
        let mut next = Some(next);
        loop {
            let (follow, old, own) = match self.shared.enter(&key, seen) {
                Entered::Fresh(entry) => return self.hit(&entry, cx, next).await,
                Entered::Stale(entry, lead) => {
                    if let (Some(lead), Kept::Response(_)) = (lead, &entry.value) {
                        drop(self.start(lead, cx, &mut next));
                    }
                    return self.hit(&entry, cx, next).await;
                }
                Entered::Follow(follow, old) => (follow, old, None),
                Entered::Lead(lead, old) => {
                    let follow = lead.follow(seen);
                    match self.start(lead, cx, &mut next) {
                        Some(own) => (follow, old, Some(own)),
                        None => return self.pass(cx, next).await,
                    }
                }
            };
            let followed = match self.wait(follow, old.is_some(), cx).await {
                Some(followed) => followed,
                None => Followed::Failed(LoadError::timed_out()),
            };
            return match (followed, old) {
                (Followed::Value(entry), _) => self.computed(&entry, own, cx, next).await,
                (Followed::Failed(_), Some(old)) => {
                    self.shared.counters.count(Event::Stale);
                    self.hit(&old, cx, next).await
                }
                (Followed::Failed(error), None) => self.failed(error, own.is_some(), cx),
                (Followed::Again, _) => continue,
            };
        }
    }

    /// Begins a computation. `None` means that the cache is closed, or that this request has begun one already.
    fn start(
        &self,
        lead: Lead<Key, Kept>,
        cx: &Context<'_>,
        next: &mut Option<impl Next>,
    ) -> Option<Own> {
        let tasks = &self.shared.tasks;
        if tasks.is_stopped() || tasks.count() >= MOST_COMPUTATIONS {
            return None;
        }
        let rest = next.take()?.detached_with_query(cx, &self.query);
        let (send, own) = oneshot::channel();
        let recipe = Recipe {
            plan: Arc::clone(&self.plan),
            times: self.option.times(),
            missing: self.option.time_of_missing(),
            outward: self.outward,
            clock: cx.clock().clone(),
            own: send,
        };
        let job = Job {
            lead,
            rest,
            recipe,
            running: self.shared.tasks.begin(),
        };
        // A stop of the server does not wait for it, if no request does: the battery gives it some seconds.
        drop(tokio::spawn(job.run()));
        Some(own)
    }

    /// Waits for a computation, or for the soft timeout if there is an old response.
    async fn wait(
        &self,
        mut follow: Follow<Kept>,
        has_old: bool,
        cx: &Context<'_>,
    ) -> Option<Followed<Kept>> {
        match self.option.soft_timeout().filter(|_| has_old) {
            Some(soft) => cx.clock().timeout(soft, follow.wait()).await.ok(),
            None => Some(follow.wait().await),
        }
    }

    /// Responds with a stored response.
    async fn hit(
        &self,
        entry: &Entry<Kept>,
        cx: &mut Context<'_>,
        next: Option<impl Next>,
    ) -> Response {
        let Kept::Response(stored) = &entry.value else {
            return self.pass(cx, next).await;
        };
        let age = entry.age(self.shared.now());
        let fresh = entry.terms.fresh;
        let ttl = match fresh.checked_sub(age) {
            Some(left) => seconds(left.as_secs()),
            None => -seconds(age.saturating_sub(fresh).as_secs().saturating_add(1)),
        };
        self.plan.count(match ttl < 0 {
            true => Outcome::Stale,
            false => Outcome::Hit,
        });
        let found = Found::Hit {
            age: age.as_secs(),
            ttl,
        };
        reply(stored, self.outward, found, cx)
    }

    /// Responds with a response that was computed for this request or for another one.
    async fn computed(
        &self,
        entry: &Entry<Kept>,
        own: Option<Own>,
        cx: &mut Context<'_>,
        next: Option<impl Next>,
    ) -> Response {
        let is_lead = own.is_some();
        let Kept::Response(stored) = &entry.value else {
            return match own.and_then(|mut own| own.try_recv().ok()) {
                Some(mut response) => {
                    self.plan.count(Outcome::Pass);
                    self.finish(&mut response, Found::Miss { is_stored: false });
                    response
                }
                None => self.pass(cx, next).await,
            };
        };
        let is_stored = !entry.terms.fresh.is_zero();
        let (outcome, found) = match is_lead {
            true => (Outcome::Miss, Found::Miss { is_stored }),
            false => (Outcome::Wait, Found::Wait { is_stored }),
        };
        self.plan.count(outcome);
        reply(stored, self.outward, found, cx)
    }

    /// Runs the handler for this request alone.
    async fn pass(&self, cx: &mut Context<'_>, next: Option<impl Next>) -> Response {
        self.plan.count(Outcome::Pass);
        let Some(next) = next else {
            return unavailable();
        };
        let mut response = next.run(cx).await;
        self.finish(&mut response, Found::Pass);
        response
    }

    /// Adds the headers to a response that is not stored.
    fn finish(&self, response: &mut Response, found: Found) {
        let plan = &self.plan.plan;
        self.outward.prepare(response.headers_mut(), plan);
        mark(response, found);
    }

    /// Responds with a failure. Only the request that has begun the computation reports its cause.
    fn failed(&self, error: LoadError, is_lead: bool, cx: &Context<'_>) -> Response {
        self.plan.count(Outcome::Failed);
        match error.downcast_ref::<Failure>() {
            Some(failure) => {
                let found = Found::Miss { is_stored: false };
                reply(&failure.0, self.outward, found, cx)
            }
            None if is_lead => Rejection::from(error).into_response(),
            None => rejection_of(&error).into_response(),
        }
    }
}

fn seconds(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unavailable() -> Response {
    let detail = "the response is not ready; try again later";
    let rejection = Rejection::new(StatusCode::SERVICE_UNAVAILABLE, detail);
    rejection
        .with_header(header::RETRY_AFTER, 1)
        .into_response()
}

fn rejection_of(error: &LoadError) -> Rejection {
    if !error.is_timeout() && !error.is_closed() {
        return Rejection::internal();
    }
    let detail = "the value is not ready; try again later";
    Rejection::new(StatusCode::SERVICE_UNAVAILABLE, detail).with_header(header::RETRY_AFTER, 1)
}

impl From<LoadError> for Rejection {
    /// A computation that took too long or was stopped is a 503, and any other error a 500. The error is the cause,
    /// which is logged and not sent.
    fn from(error: LoadError) -> Self {
        rejection_of(&error).with_source(error)
    }
}
