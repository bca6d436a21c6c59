//! The progress of uploads.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use highball::{Rejection, http::StatusCode, tokio::sync::watch};

/// The uploads that are running or that a client waits for, by id.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<HashMap<u64, watch::Sender<State>>>);

/// The progress of an upload.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    bytes: u64,
    has_begun: bool,
    has_ended: bool,
}

/// The maximum number of concurrent uploads.
const MAX_UPLOADS: usize = 1000;

impl Progress {
    /// Begins an upload, which ends when the returned value is dropped.
    ///
    /// # Errors
    /// Returns 409 if an upload with this id is running, and 503 if too many are.
    pub(crate) fn begin(&self, id: u64) -> Result<Upload<'_>, Rejection> {
        let mut uploads = self.lock();
        if uploads
            .get(&id)
            .is_some_and(|upload| upload.borrow().has_begun)
        {
            let detail = "an upload with this id is running: choose another id";
            return Err(Rejection::new(StatusCode::CONFLICT, detail));
        }
        if uploads.len() >= MAX_UPLOADS {
            let detail = "too many uploads are running; try again later";
            return Err(Rejection::new(StatusCode::SERVICE_UNAVAILABLE, detail));
        }
        let upload = uploads.entry(id).or_default();
        upload.send_modify(|state| state.has_begun = true);
        let state = upload.clone();
        Ok(Upload {
            all: self,
            id,
            state,
        })
    }

    /// Follows an upload, which may not have begun yet.
    pub(crate) fn follow(&self, id: u64) -> Bytes {
        let mut uploads = self.lock();
        // Drop uploads that never began and that no client follows any more.
        uploads.retain(|_, upload| upload.receiver_count() > 0 || upload.borrow().has_begun);
        let state = uploads.entry(id).or_default().subscribe();
        Bytes {
            state,
            has_ended: false,
        }
    }

    /// Locks the uploads. A panic cannot leave a change incomplete, so a poisoned lock is used like any other.
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, watch::Sender<State>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running upload.
pub(crate) struct Upload<'p> {
    all: &'p Progress,
    id: u64,
    state: watch::Sender<State>,
}

impl Upload<'_> {
    /// Adds to the number of received bytes.
    pub(crate) fn add(&self, bytes: u64) {
        self.state.send_modify(|state| state.bytes += bytes);
    }
}

impl Drop for Upload<'_> {
    fn drop(&mut self) {
        self.state.send_modify(|state| state.has_ended = true);
        self.all.lock().remove(&self.id);
    }
}

/// The progress of an upload, for a client that follows it.
pub(crate) struct Bytes {
    state: watch::Receiver<State>,
    has_ended: bool,
}

impl Bytes {
    /// Waits for a change, and returns the number of bytes so far. Returns `None` after the end of the upload.
    pub(crate) async fn next(&mut self) -> Option<u64> {
        if self.has_ended || self.state.changed().await.is_err() {
            return None;
        }
        let state = *self.state.borrow_and_update();
        self.has_ended = state.has_ended;
        Some(state.bytes)
    }
}
