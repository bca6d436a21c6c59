//! The computation of a response, in a separate task.

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
    early::jittered, entry::Terms, error::LoadError, flight::Lead, shared::Shared, stats::Event,
    tasks::Running,
};

/// How long requests for a response that is not stored do not wait for each other.
const PASS: Terms = Terms {
    fresh: Duration::from_secs(10),
    stale: Duration::ZERO,
    on_error: Duration::ZERO,
};

/// A computation, with everything that it needs of the request.
pub(crate) struct Job {
    pub(crate) lead: Lead<Key, Kept>,
    pub(crate) rest: Detached,
    pub(crate) recipe: Recipe,
    pub(crate) running: Running,
}

/// How a response is computed and kept.
pub(crate) struct Recipe {
    pub(crate) plan: Arc<RoutePlan>,
    pub(crate) times: Times,
    /// How long a 404 or a 410 is fresh.
    pub(crate) missing: Duration,
    pub(crate) outward: Outward,
    pub(crate) clock: Clock,
    /// Gets a response that is only for the request of this computation.
    pub(crate) own: oneshot::Sender<Response>,
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
        let Self {
            lead,
            rest,
            recipe,
            running: _running,
        } = self;
        let shared = Arc::clone(&lead.shared);
        #[cfg(feature = "redis")]
        let Some((lead, draft)) = crate::redis::find(lead).await else {
            return;
        };
        match recipe.compute(&shared, rest).await {
            Ok(kept) => {
                let terms = kept.terms().unwrap_or(PASS);
                let weight = weigh(&lead.key, &kept);
                let entry = lead.land(kept, terms, weight, []);
                #[cfg(feature = "redis")]
                draft.write(&shared, &entry).await;
                drop(entry);
            }
            Err(error) => {
                shared.counters.count(Event::Error);
                #[cfg(feature = "redis")]
                if let Some(old) = draft.into_fallback(&shared) {
                    return old.land_after_error(lead);
                }
                lead.fail(error);
            }
        }
    }
}

impl Recipe {
    /// Runs the handler.
    async fn compute(self, shared: &Shared<Key, Kept>, rest: Detached) -> Result<Kept, LoadError> {
        let run = shared.tasks.run(rest);
        let response = match self.clock.timeout(shared.options.timeout, run).await {
            Ok(Some(Ok(response))) => response,
            Ok(Some(Err(panic))) => return Err(LoadError::panicked(&*panic)),
            Ok(None) => return Err(LoadError::closed()),
            Err(_) => return Err(LoadError::timed_out()),
        };
        let policy = Policy {
            times: self.times,
            missing: self.missing,
            is_private: self.outward.is_private,
            headers: &self.plan.plan.headers,
        };
        let now = self.clock.system_time();
        let verdict = policy.judge(response.status(), response.headers(), now);
        let limit = shared.store.max_weight();
        let is_small = response.body().len().is_some_and(|len| len <= limit);
        if verdict == Verdict::Own || !is_small {
            // It is dropped if the client has left.
            drop(self.own.send(response));
            return Ok(Kept::Pass);
        }
        let (status, headers, body) = response.into_parts();
        let body = body.collect(limit).await;
        let body = body.map_err(|error| LoadError::failed(error.into()))?;
        let age = age(&headers);
        let mut stored = Stored::new(status, headers, body, age);
        self.outward.prepare(&mut stored, &self.plan.plan);
        match verdict {
            Verdict::Failed => return Err(LoadError::failed(Box::new(Failure(stored)))),
            Verdict::Store(times) => {
                stored.times = Times {
                    fresh: jittered(times.fresh, shared.options.jitter),
                    ..times
                };
            }
            Verdict::Share | Verdict::Own => {}
        }
        Ok(Kept::Response(Box::new(stored)))
    }
}
