//! A claim of a key while its request runs.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::{IdempotencyKeys, Operation, StoredResponse, store::DynStore};
use crate::{events, tasks::Tasks};

/// A claim that the running request has. If it is dropped, for example by a timeout, the key is released.
pub(super) struct HeldClaim {
    store: Arc<dyn DynStore>,
    operation: Option<Operation>,
    tasks: Tasks,
}

impl HeldClaim {
    pub(super) fn new(keys: &IdempotencyKeys, operation: Operation, tasks: &Tasks) -> Self {
        Self {
            store: Arc::clone(&keys.0),
            operation: Some(operation),
            tasks: tasks.clone(),
        }
    }

    /// Stores the response before it is sent, so that no retry can be earlier.
    ///
    /// A task does it, because a timeout could drop this future when the handler has already had its effects.
    pub(super) async fn complete(mut self, response: StoredResponse) {
        let Some(operation) = self.operation.take() else {
            return;
        };
        let store = Arc::clone(&self.store);
        let task = self.tasks.spawn(async move {
            if let Err(error) = store.complete(&operation, response).await {
                events::key_not_stored(&*error);
            }
        });
        // After a panic of the store the key stays claimed, as after an error.
        let _ended = task.await;
    }

    /// Releases the key.
    pub(super) async fn release(mut self) {
        if let Some(operation) = self.operation.take() {
            release(&*self.store, &operation).await;
        }
    }
}

impl Drop for HeldClaim {
    fn drop(&mut self) {
        // Without a runtime the process is about to end, and the lease ends the claim.
        if let Some(operation) = self.operation.take()
            && Handle::try_current().is_ok()
        {
            let store = Arc::clone(&self.store);
            self.tasks
                .spawn(async move { release(&*store, &operation).await });
        }
    }
}

async fn release(store: &dyn DynStore, operation: &Operation) {
    if let Err(error) = store.release(operation).await {
        events::key_not_stored(&*error);
    }
}
