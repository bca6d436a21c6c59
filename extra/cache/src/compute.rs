//! A computation, from the call of the loader to the landing.

use std::{
    error::Error,
    future::Future,
    hash::Hash,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use tokio::time::timeout;

use crate::{entry::Entry, error::LoadError, flight::Lead, stats::Event};

/// Begins a computation, if there is a lead. Returns whether it was begun.
pub(crate) fn begin<K, V, F, Fut, E>(lead: Option<Lead<K, V>>, load: &mut Option<F>) -> bool
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
    F: FnOnce(&K) -> Fut,
    Fut: Future<Output = Result<V, E>> + Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    // The second time there is none: the runtime of the first computation has ended.
    let (Some(lead), Some(load)) = (lead, load.take()) else {
        return false;
    };
    if lead.shared.tasks.is_stopped() {
        return false;
    }
    let running = lead.shared.tasks.begin();
    match catch_unwind(AssertUnwindSafe(|| load(&lead.key))) {
        Ok(load) => {
            tokio::spawn(async move {
                let _running = running;
                #[cfg(not(feature = "redis"))]
                compute(lead, load).await;
                #[cfg(feature = "redis")]
                compute_with_second(lead, load).await;
            });
        }
        Err(panic) => fail(lead, LoadError::panicked(&*panic)),
    }
    true
}

#[cfg(not(feature = "redis"))]
async fn compute<K, V, E>(lead: Lead<K, V>, load: impl Future<Output = Result<V, E>>)
where
    K: Hash + Eq + Clone,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    match run(&lead, load).await {
        Some(Ok(value)) => drop(land(lead, value)),
        Some(Err(error)) => fail(lead, error),
        None => lead.fail(LoadError::closed()),
    }
}

/// Reads the second level before the computation, and writes the value to it.
#[cfg(feature = "redis")]
async fn compute_with_second<K, V, E>(lead: Lead<K, V>, load: impl Future<Output = Result<V, E>>)
where
    K: Hash + Eq + Clone,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let Some((lead, draft)) = crate::redis::find(lead).await else {
        return;
    };
    let shared = Arc::clone(&lead.shared);
    match run(&lead, load).await {
        Some(Ok(value)) => {
            if let Some(entry) = land(lead, value) {
                draft.write(&shared, &entry).await;
            }
        }
        Some(Err(error)) => match draft.into_fallback(&shared) {
            Some(old) => {
                shared.counters.count(Event::Error);
                old.land_after_error(lead);
            }
            None => fail(lead, error),
        },
        None => lead.fail(LoadError::closed()),
    }
}

/// Runs the loader. Returns `None` if it was stopped.
async fn run<K, V, E>(
    lead: &Lead<K, V>,
    load: impl Future<Output = Result<V, E>>,
) -> Option<Result<V, LoadError>>
where
    K: Hash + Eq + Clone,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let shared = &lead.shared;
    let limited = timeout(shared.options.timeout, shared.tasks.run(load));
    Some(match limited.await {
        Ok(result) => match result? {
            Ok(result) => result.map_err(|error| LoadError::failed(error.into())),
            Err(panic) => Err(LoadError::panicked(&*panic)),
        },
        Err(_) => Err(LoadError::timed_out()),
    })
}

/// Stores a value. The functions of the options may panic.
fn land<K: Hash + Eq + Clone, V>(lead: Lead<K, V>, value: V) -> Option<Arc<Entry<V>>> {
    let weigh = AssertUnwindSafe(|| {
        let terms = lead.shared.terms(&value);
        let weight = lead.shared.weight(&lead.key, &value);
        (terms, weight)
    });
    match catch_unwind(weigh) {
        Ok((terms, weight)) => Some(lead.land(value, terms, weight, [])),
        Err(panic) => {
            fail(lead, LoadError::panicked(&*panic));
            None
        }
    }
}

fn fail<K: Hash + Eq + Clone, V>(lead: Lead<K, V>, error: LoadError) {
    lead.shared.counters.count(Event::Error);
    lead.fail(error);
}
