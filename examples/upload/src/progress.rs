//! How far uploads are.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use highball::{Rejection, http::StatusCode, tokio::sync::watch};

/// The uploads that run or are waited for, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<HashMap<u64, watch::Sender<State>>>);

/// How far an upload is.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    bytes: u64,
    has_begun: bool,
    has_ended: bool,
}

/// The most uploads at once: more are somebody's mistake.
const MOST: usize = 1000;

impl Progress {
    /// Begins an upload; it ends when what is returned is dropped.
    ///
    /// # Errors
    /// Where one of this number runs, or too many do.
    pub(crate) fn begin(&self, id: u64) -> Result<Upload<'_>, Rejection> {
        let mut uploads = self.lock();
        if uploads
            .get(&id)
            .is_some_and(|upload| upload.borrow().has_begun)
        {
            let detail = "an upload of this number runs: take another";
            return Err(Rejection::new(StatusCode::CONFLICT, detail));
        }
        if uploads.len() >= MOST {
            let detail = "too many uploads run; try again later";
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

    /// Follows an upload, which may begin later.
    pub(crate) fn follow(&self, id: u64) -> Bytes {
        let mut uploads = self.lock();
        // Those that nobody follows any more and that never began are forgotten.
        uploads.retain(|_, upload| upload.receiver_count() > 0 || upload.borrow().has_begun);
        let state = uploads.entry(id).or_default().subscribe();
        Bytes {
            state,
            has_ended: false,
        }
    }

    /// No change is left half done by a panic, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, watch::Sender<State>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An upload that runs.
pub(crate) struct Upload<'p> {
    all: &'p Progress,
    id: u64,
    state: watch::Sender<State>,
}

impl Upload<'_> {
    /// Tells that so many bytes more have come.
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

/// The bytes of an upload, as they come.
pub(crate) struct Bytes {
    state: watch::Receiver<State>,
    has_ended: bool,
}

impl Bytes {
    /// Waits for a change; `None` is the end.
    pub(crate) async fn next(&mut self) -> Option<u64> {
        if self.has_ended || self.state.changed().await.is_err() {
            return None;
        }
        let state = *self.state.borrow_and_update();
        self.has_ended = state.has_ended;
        Some(state.bytes)
    }
}
