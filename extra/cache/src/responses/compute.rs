//! The computation of a response, in a separate task.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use highball::{
    Bytes, Detached, Response,
    clock::Clock,
    http::{HeaderMap, StatusCode},
};
use tokio::sync::oneshot;

use super::{
    cache::{Kept, RoutePlan, weigh},
    plan::Key,
    policy::{Policy, Times, Verdict, age},
    reply::Outward,
    stored::Stored,
};
use crate::{
    early::jittered, entry::Terms, error::LoadError, flight::Lead, stats::Event, tasks::Running,
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
        match recipe.compute(&lead, rest).await {
            Ok(kept) => {
                let terms = kept.terms().unwrap_or(PASS);
                let weight = weigh(&lead.key, &kept);
                if terms.fresh.is_zero() {
                    // A rejection of one request must not remove a response that others can use.
                    return lead.share(kept, terms);
                }
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

/// A response and its use. The body of one that is shared is in memory.
enum Computed {
    Own(Response),
    Shared(Verdict, StatusCode, HeaderMap, Bytes),
}

impl Recipe {
    /// Runs the handler.
    async fn compute(self, lead: &Lead<Key, Kept>, rest: Detached) -> Result<Kept, LoadError> {
        let shared = &lead.shared;
        let has_old = lead.old.is_some();
        let limit = shared
            .store
            .max_weight()
            .saturating_sub(lead.key.len() as u64);
        let work = async {
            let response = rest.await;
            let verdict = self.judge(&response, has_old);
            let is_small = response.body().len().is_some_and(|len| len <= limit);
            if verdict == Verdict::Own || !is_small {
                return Ok(Computed::Own(response));
            }
            let (status, headers, body) = response.into_parts();
            // A body may be produced while it is read, so this is part of the work.
            let body = body.collect(limit).await?;
            // A copy, because a pooled buffer may be larger than the body.
            let body = Bytes::copy_from_slice(&body);
            Ok::<_, highball::body::ReadError>(Computed::Shared(verdict, status, headers, body))
        };
        let run = shared.tasks.run(work);
        let computed = match self.clock.timeout(shared.options.timeout, run).await {
            Ok(Some(Ok(computed))) => computed.map_err(|error| LoadError::failed(error.into()))?,
            Ok(Some(Err(panic))) => return Err(LoadError::panicked(&*panic)),
            Ok(None) => return Err(LoadError::closed()),
            Err(_) => return Err(LoadError::timed_out()),
        };
        let (verdict, status, headers, body) = match computed {
            Computed::Own(response) => {
                // It is dropped if the client has left.
                drop(self.own.send(response));
                return Ok(Kept::Pass);
            }
            Computed::Shared(verdict, status, headers, body) => (verdict, status, headers, body),
        };
        let age = age(&headers);
        let mut stored = Stored::new(status, headers, body, age);
        self.outward.prepare(stored.headers_mut(), &self.plan.plan);
        match verdict {
            Verdict::Failed => return Err(LoadError::failed(Box::new(Failure(stored)))),
            Verdict::Store(times) if stored.weight() as u64 <= limit => {
                stored.times = Times {
                    fresh: jittered(times.fresh, shared.options.jitter),
                    ..times
                };
            }
            Verdict::Store(_) | Verdict::Share | Verdict::Own => {}
        }
        Ok(Kept::Response(Box::new(stored)))
    }

    /// Decides about a response. `has_old` is whether there is an older one, for the case of a failure.
    fn judge(&self, response: &Response, has_old: bool) -> Verdict {
        let plan = &self.plan.plan;
        if response.status().is_server_error() && has_old {
            return Verdict::Failed;
        }
        // The format of the app may read anything.
        if response.has_own_format() && !plan.names_headers {
            return Verdict::Own;
        }
        let policy = Policy {
            times: self.times,
            missing: self.missing,
            is_keyed: self.outward.is_keyed,
            headers: &plan.headers,
        };
        let now = self.clock.system_time();
        policy.judge(response.status(), response.headers(), now)
    }
}
