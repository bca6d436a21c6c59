//! The computation of a response, in a task of its own.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use highball::{Detached, Response, clock::Clock};
use tokio::sync::oneshot;

use super::{
    cache::{Kept, RoutePlan, weigh},
    plan::Key,
    policy::{Policy, Times, Verdict, age},
    reply::Outward,
    stored::Stored,
};
use crate::{
    Tag, early::jittered, entry::Terms, error::LoadError, flight::Lead, shared::Shared,
    stats::Event, tasks::Running,
};

/// How long requests for a response that is not stored do not wait for each other.
const PASS: Duration = Duration::from_secs(10);

/// A computation, with everything that it needs of the request.
pub(crate) struct Job {
    pub(crate) lead: Lead<Key, Kept>,
    pub(crate) rest: Detached,
    pub(crate) plan: Arc<RoutePlan>,
    pub(crate) times: Times,
    /// How long a 404 or a 410 is fresh.
    pub(crate) missing: Duration,
    pub(crate) tags: Vec<Tag>,
    pub(crate) outward: Outward,
    pub(crate) clock: Clock,
    /// Gets a response that is only for the request of this computation.
    pub(crate) own: oneshot::Sender<Response>,
    pub(crate) running: Running,
}

/// A response that is a failure, as the error of its computation.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Stored);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the handler has responded with {}", self.0.status())
    }
}

impl Error for Failure {}

impl Job {
    /// Computes the response and returns it to all that wait for it.
    pub(crate) async fn run(self) {
        let shared = Arc::clone(&self.lead.shared);
        let (lead, landing, computed) = self.compute(&shared).await;
        let stored = match computed {
            Ok(stored) => stored,
            Err(error) => {
                shared.counters.count(Event::Error);
                return lead.fail(error);
            }
        };
        let kept = stored.map_or(Kept::Pass, |stored| Kept::Response(Box::new(stored)));
        let weight = weigh(&lead.key, &kept);
        drop(lead.land(kept, landing.terms, weight, landing.tags));
    }

    /// Runs the handler. Returns no response if it is not for others.
    async fn compute(self, shared: &Shared<Key, Kept>) -> Computed {
        let Self {
            lead,
            rest,
            plan,
            times,
            missing,
            tags,
            outward,
            clock,
            own,
            running: _running,
        } = self;
        let mut landing = Landing {
            terms: not_stored(),
            tags: Vec::new(),
        };
        let run = shared.tasks.run(rest);
        let response = match clock.timeout(shared.options.timeout, run).await {
            Ok(Some(Ok(response))) => response,
            Ok(Some(Err(panic))) => return (lead, landing, Err(LoadError::panicked(&*panic))),
            Ok(None) => return (lead, landing, Err(LoadError::closed())),
            Err(_) => return (lead, landing, Err(LoadError::timed_out())),
        };
        let policy = Policy {
            times,
            missing,
            is_private: outward.is_private,
            headers: &plan.plan.headers,
        };
        let verdict = policy.judge(response.status(), response.headers(), clock.system_time());
        let limit = shared.store.max_weight();
        let is_small = response.body().len().is_some_and(|len| len <= limit);
        if verdict == Verdict::Own || !is_small {
            landing.terms.fresh = PASS;
            // Nobody waits for it if the client has left.
            drop(own.send(response));
            return (lead, landing, Ok(None));
        }
        let (status, headers, body) = response.into_parts();
        let body = match body.collect(limit).await {
            Ok(body) => body,
            Err(error) => return (lead, landing, Err(LoadError::failed(error.into()))),
        };
        let age = age(&headers);
        let mut stored = Stored::new(status, headers, body, age);
        outward.prepare(&mut stored, &plan.plan);
        match verdict {
            Verdict::Failed => {
                return (
                    lead,
                    landing,
                    Err(LoadError::failed(Box::new(Failure(stored)))),
                );
            }
            Verdict::Store(times) => {
                landing.terms = Terms {
                    fresh: jittered(times.fresh, shared.options.jitter),
                    stale: times.stale,
                    on_error: times.on_error,
                };
                landing.tags = tags;
            }
            Verdict::Share | Verdict::Own => {}
        }
        (lead, landing, Ok(Some(stored)))
    }
}

/// A lead, how its value is stored, and the value, if it is not for one request only.
type Computed = (Lead<Key, Kept>, Landing, Result<Option<Stored>, LoadError>);

/// How a value is stored.
struct Landing {
    terms: Terms,
    tags: Vec<Tag>,
}

fn not_stored() -> Terms {
    Terms {
        fresh: Duration::ZERO,
        stale: Duration::ZERO,
        on_error: Duration::ZERO,
    }
}
