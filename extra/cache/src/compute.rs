//! A computation, from the call of the loader to the landing.

use std::{
    error::Error,
    future::Future,
    hash::Hash,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use tokio::time::timeout;

use crate::{error::LoadError, flight::Lead, stats::Event};

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
                compute(lead, load).await;
            });
        }
        Err(panic) => fail(lead, LoadError::panicked(&*panic)),
    }
    true
}

async fn compute<K, V, E>(lead: Lead<K, V>, load: impl Future<Output = Result<V, E>>)
where
    K: Hash + Eq + Clone,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let shared = Arc::clone(&lead.shared);
    let limited = timeout(shared.options.timeout, shared.tasks.run(load));
    let Ok(result) = limited.await else {
        return fail(lead, LoadError::timed_out());
    };
    match result {
        Some(Ok(Ok(value))) => land(lead, value),
        Some(Ok(Err(error))) => fail(lead, LoadError::failed(error.into())),
        Some(Err(panic)) => fail(lead, LoadError::panicked(&*panic)),
        None => lead.fail(LoadError::closed()),
    }
}

/// Stores a value. The functions of the options may panic.
fn land<K: Hash + Eq + Clone, V>(lead: Lead<K, V>, value: V) {
    let weigh = AssertUnwindSafe(|| {
        let terms = lead.shared.terms(&value);
        let weight = lead.shared.weight(&lead.key, &value);
        (terms, weight)
    });
    match catch_unwind(weigh) {
        Ok((terms, weight)) => drop(lead.land(value, terms, weight, [])),
        Err(panic) => fail(lead, LoadError::panicked(&*panic)),
    }
}

fn fail<K: Hash + Eq + Clone, V>(lead: Lead<K, V>, error: LoadError) {
    lead.shared.counters.count(Event::Error);
    lead.fail(error);
}
