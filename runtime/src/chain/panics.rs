//! A panic as a value: where it is catch_panic, and the answer that it becomes.
//!
//! A panic is caught around the rest of a chain, wherever a middleware runs it, and once more around
//! the whole chain. So a middleware sees the panic of what is inside as a returned 500, and its own
//! panic is seen by the one outside of it. A handler without middleware is caught once: nothing is added
//! to its future.

use std::{
    future::{Future, poll_fn},
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{self, Poll},
};

use pin_project_lite::pin_project;

use super::{Call, RequestScope};
use crate::{
    panics::PanicCause,
    request::{Context, Head, Out, Record},
    response::{Rejection, Response},
};

pin_project! {
    /// The rest of a chain as a future whose panic is an answer.
    ///
    /// An `async` block would do the same, but the compiler nests four types for one, and each layer
    /// counts against its limit. This is one, and it has no room for the context, which the future
    /// borrows: see [`panicked`].
    pub(super) struct Caught<'r, F, S> {
        #[pin]
        future: F,
        head: &'r Head,
        base: &'r RequestScope<'r, S>,
    }
}

impl<'r, F, S> Caught<'r, F, S> {
    pub(super) fn new(future: F, env: Call<'r, S>) -> Self {
        let Call { head, base, .. } = env;
        Self { future, head, base }
    }
}

impl<F: Future<Output = Response>, S> Future for Caught<'_, F, S> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Response> {
        let this = self.project();
        match poll(this.future, task) {
            Ok(poll) => poll,
            Err(cause) => Poll::Ready(answer(this.head, this.base, cause)),
        }
    }
}

/// As [`Caught`], for a future that is pinned already and has no answer yet.
pub(crate) fn catch_panic<F: Future>(
    mut future: Pin<&mut F>,
) -> impl Future<Output = Result<F::Output, PanicCause>> + Unpin {
    poll_fn(move |task| match poll(future.as_mut(), task) {
        Ok(poll) => poll.map(Ok),
        Err(cause) => Poll::Ready(Err(cause)),
    })
}

/// Polls the future; if it panics, returns what the panic said. The panic hook has reported the place.
fn poll<F: Future>(
    future: Pin<&mut F>,
    task: &mut task::Context<'_>,
) -> Result<Poll<F::Output>, PanicCause> {
    // Unwind safe for all that we own: the future is not polled again, the locals of its frames are gone,
    // and the context that it borrowed holds whole values (a header map, a status, the record, the body),
    // each of which is changed by one call. The body may be half read, and is never read again: the slot
    // of a request that panicked is dropped, not pooled. What a user shares between requests is behind a
    // lock that poisons, or is the user's to keep whole.
    let polled = catch_unwind(AssertUnwindSafe(|| future.poll(task)));
    polled.map_err(PanicCause::new)
}

/// Returns the answer in place of what panicked: as if a 500 had been returned there.
pub(crate) fn answer_panic<S>(env: Call<'_, S>, cause: PanicCause) -> Response {
    answer(env.head, env.base, cause)
}

#[cold]
fn answer<S>(head: &Head, base: &RequestScope<'_, S>, cause: PanicCause) -> Response {
    let shared = &base.connection.shared;
    // The app's format reads the head; what was set for the answer is put on it at the end.
    let mut out = Out::default();
    let cx = Context::new(head, &mut out, &shared.tasks, &shared.health, &shared.kept);
    let rejection = Rejection::internal().with_source(cause);
    let mut response = Response::empty(rejection.status());
    let broken = base.write(&rejection, &cx, &mut response, false);
    base.faults.add([Some(rejection), broken]);
    response
}

/// What has panicked while a request was answered.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    has_panicked: AtomicBool,
    /// What the observers are told of it.
    errors: Mutex<Vec<Rejection>>,
}

impl Faults {
    /// Notes a panic, and what was written in its place.
    pub(super) fn add(&self, rejections: impl IntoIterator<Item = Option<Rejection>>) {
        self.has_panicked.store(true, Relaxed);
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        errors.extend(rejections.into_iter().flatten());
    }

    /// Tells the record, and returns whether anything has panicked.
    pub(crate) fn settle(&mut self, record: &mut Record, head: &Head) -> bool {
        if !*self.has_panicked.get_mut() {
            return false;
        }
        let errors = self.errors.get_mut();
        let errors = mem::take(errors.unwrap_or_else(PoisonError::into_inner));
        for error in errors {
            if record.is_observed() {
                record.error(error);
            } else {
                error.report(&head.method, head.uri.path());
            }
        }
        record.panicked();
        true
    }
}
